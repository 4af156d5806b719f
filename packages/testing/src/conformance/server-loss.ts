// A server process that is killed: one error, the right one, to the right caller, and never a second process behind anybody's back.
import { describe, expect, it } from '@jest/globals'
import { ConnectionLostError } from '@oriel/engine'
import { startServer } from '../server/server.ts'
import { failure, run, type ServerDriverCandidate, scene, sleep } from './server-scene.ts'

const killed = { fields: { sqlState: '57P01', severity: 'FATAL' } }

/** Connections that are taken away: each statement is told what became of it, and no other server process takes over. */
export function serverLossExam(candidate: ServerDriverCandidate): void {
  describe('a killed connection', () => {
    const { open } = candidate
    const { url, victim, onlooker, backends, kill } = scene(candidate)

    it('ends the running statement with one ConnectionLostError that knows why', async () => {
      const losses: unknown[] = []
      victim().onLost((cause) => losses.push(cause))
      const running = failure(run(victim(), 'select pg_sleep(30)'))
      await sleep(100)
      await kill(victim())
      const error = await running
      expect(error).toBeInstanceOf(ConnectionLostError)
      expect(error).toMatchObject({ phase: 'sent', safeToRetry: false, cause: killed })
      expect(String(error)).toContain('terminating connection due to administrator command')
      expect(losses).toHaveLength(1)
      expect(losses[0]).toMatchObject(killed)
    })

    it('hands its error to nobody else: the next connection and its three statements are innocent', async () => {
      const running = failure(run(victim(), 'select pg_sleep(30)'))
      await sleep(100)
      await kill(victim())
      await running
      const next = await open(url()).connect()
      for (const n of ['1', '2', '3']) expect((await run(next, 'select $1::int', [n])).rows).toEqual([[n]])
      await next.close()
    })

    it('is noticed while nobody uses it', async () => {
      const lost = new Promise((resolve) => victim().onLost(resolve))
      await kill(victim())
      expect(await lost).toMatchObject(killed)
      expect(victim().isClosed).toBe(true)
      const error = await failure(run(victim(), 'select 1'))
      expect(error).toMatchObject({ phase: 'not sent', safeToRetry: true, cause: killed })
    })

    it('does not go on with a transaction on another server process', async () => {
      await run(onlooker(), 'create table half (n int)')
      await run(victim(), 'begin')
      await run(victim(), 'insert into half values (1)')
      await kill(victim())
      for (const text of ['insert into half values (2)', 'select pg_backend_pid()', 'commit']) {
        expect(await failure(run(victim(), text))).toBeInstanceOf(ConnectionLostError)
      }
      await sleep(100)
      expect(await backends()).toBe(0)
      expect((await run(onlooker(), 'select count(*) from half')).rows).toEqual([['0']])
    })

    it('does not, either, when other connections are busy', async () => {
      await run(onlooker(), 'create table crowded (n int)')
      await run(victim(), 'begin')
      await run(victim(), 'insert into crowded values (1)')
      const others = await Promise.all(Array.from({ length: 4 }, () => open(url()).connect()))
      const pids = others.map(({ backendPid }) => backendPid)
      const traffic = others.map((other) =>
        Promise.all(Array.from({ length: 50 }, () => run(other, 'select pg_backend_pid()'))),
      )
      await kill(victim())
      expect(await failure(run(victim(), 'insert into crowded values (2)'))).toBeInstanceOf(ConnectionLostError)
      const answers = await Promise.all(traffic)
      expect(answers.map((each) => [...new Set(each.map(({ rows }) => Number(rows[0]?.[0])))])).toEqual(
        pids.map((pid) => [pid]),
      )
      await Promise.all(others.map((other) => other.close()))
      expect((await run(onlooker(), 'select count(*) from crowded')).rows).toEqual([['0']])
    })

    it('settles the statements that were waiting within a second', async () => {
      await run(victim(), 'begin')
      const running = failure(run(victim(), 'select pg_sleep(30)'))
      const waiting = Array.from({ length: 20 }, (_, n) => failure(run(victim(), 'select $1::int', [String(n)])))
      await sleep(100)
      await kill(victim())
      const settled = await Promise.race([
        Promise.all([running, ...waiting]),
        sleep(1000).then(() => 'not within a second'),
      ])
      expect(settled).toEqual([
        expect.objectContaining({ phase: 'sent' }),
        ...waiting.map(() => expect.objectContaining({ phase: 'not sent' })),
      ])
    })

    it('closes in time after it was killed', async () => {
      await kill(victim())
      expect(
        await Promise.race([
          victim()
            .close()
            .then(() => 'closed'),
          sleep(1000).then(() => 'hangs'),
        ]),
      ).toBe('closed')
    })

    it('is ended by the server when its transaction idles too long', async () => {
      await run(onlooker(), 'create table idle (n int)')
      await run(victim(), `set idle_in_transaction_session_timeout = '200ms'`)
      const lost = new Promise((resolve) => victim().onLost(resolve))
      await run(victim(), 'begin')
      await run(victim(), 'insert into idle values (1)')
      expect(await lost).toMatchObject({ fields: { sqlState: '25P03' } })
      expect(await failure(run(victim(), 'commit'))).toMatchObject({
        phase: 'not sent',
        cause: { fields: { sqlState: '25P03' } },
      })
      await sleep(100)
      expect(await backends()).toBe(0)
      expect((await run(onlooker(), 'select count(*) from idle')).rows).toEqual([['0']])
    })

    it('leaves no statement running on the server when it is closed over one', async () => {
      const running = failure(run(victim(), 'select pg_sleep(30)'))
      await sleep(100)
      await victim().close()
      expect(await running).toMatchObject({ phase: 'sent' })
      for (let waited = 0; waited < 2000 && (await backends()) > 0; waited += 50) await sleep(50)
      expect(await backends()).toBe(0)
    })

    it('refuses COPY from and to the client, which has no place in a statement, and does not hang', async () => {
      await run(onlooker(), 'create table copied (n int)')
      for (const text of ['copy copied from stdin', 'copy copied to stdout']) {
        const connection = await open(url()).connect()
        expect(await failure(run(connection, text))).toMatchObject({ code: 'ORIEL_ARGUMENT' })
        const next = await run(connection, 'select 1').catch((error: unknown) => error)
        // Usable or given up, and known to be.
        if (connection.isClosed) expect(next).toBeInstanceOf(ConnectionLostError)
        else expect(next).toMatchObject({ rows: [['1']] })
        await connection.close()
      }
    })

    it('survives a server that stops as in a crash, and connects again when it is back', async () => {
      const given = process.env.DATABASE_URL
      delete process.env.DATABASE_URL
      const server = await startServer()
      if (given !== undefined) process.env.DATABASE_URL = given
      const driver = open(server.url)
      const connection = await driver.connect()
      const running = failure(run(connection, 'select pg_sleep(30)'))
      await sleep(100)
      await server.stopImmediate()
      expect(await running).toBeInstanceOf(ConnectionLostError)
      expect(await failure(driver.connect())).toMatchObject({ code: 'ORIEL_CONNECT' })
      await server.start()
      const again = await driver.connect()
      expect((await run(again, 'select 1')).rows).toEqual([['1']])
      await again.close()
      await connection.close()
      await server.stop()
    })
  })
}
