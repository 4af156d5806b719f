// Run by engine.test.ts in a process of its own: `close` prints how long the process lived on after engine.close(), `fail` leaves an error uncaught.
import { createEngine } from '@oriel/engine'
import { refusal, ScriptedDriver, statement } from './scripted-driver.ts'

const engine = createEngine(
  new ScriptedDriver((sent) => {
    if (sent.text === 'bad') throw refusal('23505', 'duplicate key value violates unique constraint "users_email_key"')
    return undefined
  }),
  { timeoutMs: 10_000, pool: { prePing: true, leakWarnAfterMs: 10_000 } },
)

async function createUser(): Promise<void> {
  await engine.begin(async (connection) => {
    await connection.execute(statement('bad')).all()
  })
}

await engine.execute(statement('good'))
if (process.argv[2] === 'close') {
  await engine.close()
  const closedAt = performance.now()
  process.on('exit', () => process.stdout.write(String(performance.now() - closedAt)))
} else await createUser()
