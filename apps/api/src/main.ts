// The entry point: `npm start` in apps/api, or `npm start -- --help`.
import { openEngine } from '@oriel-apps/flights/database'
import { OrielError } from 'oriel'
import { settingsFrom } from './cli.ts'
import { prepare } from './database.ts'
import { apiServer } from './server.ts'

const settings = settingsFrom(process.argv.slice(2))
try {
  const engine = openEngine(settings)
  // The first start of an embedded database and the load take a while: nobody is to look at nothing meanwhile.
  console.log(`Opening ${engine.driver.target} …`)
  const outcome = await prepare(engine, settings)
  const app = await apiServer(engine, { logger: { level: 'warn' }, forceCloseConnections: 'idle' })
  const url = await app.listen({ port: settings.port, host: settings.host })
  console.log(`${outcome === 'loaded' ? 'Loaded' : 'Found'} the data. Listening on ${url}.`)
  const stop = async (): Promise<void> => {
    await app.close()
    await engine.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
} catch (error) {
  if (!(error instanceof OrielError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
