// Connections that cannot be made: at once, with the reason and what to do, and without the password.
import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { CanceledError, ConnectError } from '@oriel/engine'
import { InvalidRequestError } from '@oriel/sql'
import { failure, run, type ServerDriverCandidate, scene } from './server-scene.ts'

const secret = 'hunter2-and-more'

/** A server that takes connections and says nothing. */
async function silentServer(): Promise<{ port: number; close: () => Promise<void>; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port: address !== null && typeof address === 'object' ? address.port : 0, close, sockets }
}

/** Connections that cannot be made, and those that can. */
export function serverConnectingExam(candidate: ServerDriverCandidate): void {
  describe('connecting', () => {
    const { open } = candidate
    const { url, victim, onlooker, backends } = scene(candidate)
    const changed = (change: (url: URL) => void) => {
      const changedUrl = new URL(url())
      change(changedUrl)
      return changedUrl.href
    }

    it.each([
      {
        what: 'a wrong password',
        change: (u: URL) => {
          u.password = secret
        },
        sqlState: '28P01',
        message: /the password of 'postgres' was refused/,
      },
      {
        what: 'a missing database',
        change: (u: URL) => {
          u.pathname = '/nowhere'
        },
        sqlState: '3D000',
        message: /no database 'nowhere'\n.*create database "nowhere"/,
      },
      {
        what: 'a missing role',
        change: (u: URL) => {
          u.username = 'nobody_here'
          u.password = secret
        },
        sqlState: '28P01',
        message: /'nobody_here'/,
      },
    ])('says so at once for $what', async ({ change, sqlState, message }) => {
      const before = performance.now()
      const error = await failure(open(changed(change)).connect())
      expect(performance.now() - before).toBeLessThan(5000)
      expect(error).toBeInstanceOf(ConnectError)
      expect(error).toMatchObject({ safeToRetry: true, cause: { fields: { sqlState, severity: 'FATAL' } } })
      expect(String(error)).toMatch(message)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
    })

    it('says that nothing listens on the port', async () => {
      const { port, close } = await silentServer()
      await close()
      const error = await failure(open(`postgres://ann:${secret}@127.0.0.1:${port}/app`).connect())
      expect(error).toBeInstanceOf(ConnectError)
      expect(String(error)).toContain(
        `Could not connect to 127.0.0.1:${port}/app as ann: nothing listens on port ${port}`,
      )
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
    })

    it('gives up on a server that says nothing, when the time is over', async () => {
      const { port, close, sockets } = await silentServer()
      const driver = open({ host: '127.0.0.1', port, user: 'ann', password: secret }, { connectTimeoutMs: 200 })
      const error = await failure(driver.connect())
      expect(error).toBeInstanceOf(ConnectError)
      expect(String(error)).toContain('no answer within 200 ms')
      await close()
      expect(sockets.size).toBe(0)
    })

    it('gives up when the caller does, and leaves no socket behind', async () => {
      const { port, close, sockets } = await silentServer()
      const reason = new InvalidRequestError('enough')
      const controller = new AbortController()
      const error = failure(open(`postgres://ann@127.0.0.1:${port}/app`).connect({ signal: controller.signal }))
      setTimeout(() => controller.abort(reason), 50)
      expect(await error).toBeInstanceOf(CanceledError)
      expect(await error).toHaveProperty('cause', reason)
      await close()
      expect(sockets.size).toBe(0)
    })

    it('refuses to go on in plain text when TLS was asked for', async () => {
      const error = await failure(open(changed((u) => u.searchParams.set('sslmode', 'require'))).connect())
      expect(error).toBeInstanceOf(ConnectError)
      expect(String(error)).toContain('The server does not speak TLS')
      const connection = await open(changed((u) => u.searchParams.set('sslmode', 'prefer'))).connect()
      expect((await run(connection, 'select 1')).rows).toEqual([['1']])
      await connection.close()
    })

    it('passes the settings of the URL on to the session', async () => {
      const connection = await open(changed((u) => u.searchParams.set('application_name', 'the flights'))).connect()
      const { rows } = await run(connection, `select current_setting('application_name')`)
      expect(rows).toEqual([['the flights']])
      await connection.close()
    })

    it('reads text the same way whatever the role prefers', async () => {
      await run(onlooker(), `alter database "${new URL(url()).pathname.slice(1)}" set datestyle = 'German'`)
      await run(onlooker(), `alter database "${new URL(url()).pathname.slice(1)}" set intervalstyle = 'iso_8601'`)
      await run(onlooker(), `alter database "${new URL(url()).pathname.slice(1)}" set bytea_output = 'escape'`)
      const connection = await open(url()).connect()
      const { rows } = await run(connection, `select date '2024-02-29', interval '1 day 2 hours', '\\x00ff'::bytea`)
      expect(rows).toEqual([['2024-02-29', '1 day 02:00:00', '\\x00ff']])
      await connection.close()
    })

    it('knows its server process, and leaves none when it is closed', async () => {
      const { rows } = await run(victim(), 'select pg_backend_pid()')
      expect(Number(rows[0]?.[0])).toBe(victim().backendPid)
      await victim().close()
      expect(await backends()).toBe(0)
    })

    it('hands notices on to whoever asked for them', async () => {
      const notices: string[] = []
      const connection = await open(url(), {
        onNotice: ({ message, sqlState }) => notices.push(`${sqlState} ${message}`),
      }).connect()
      await run(connection, `do $$ begin raise notice 'as you wished'; end $$`)
      expect(notices).toEqual(['00000 as you wished'])
      await connection.close()
    })
  })
}
