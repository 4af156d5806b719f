// The part of the driver's exam about the life of a connection: closed, lost, and never replaced behind anybody's back.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CanceledError, ClosedError, ConnectionLostError, type DriverConnection } from '@oriel/engine'
import { InvalidRequestError } from '@oriel/sql'
import { ask, type DriverCandidate, type DriverUnderTest, failureOf } from './exam.ts'

/** Connections end once, and say so. */
export function lifetimeExam(candidate: DriverCandidate): void {
  describe('the life of a connection', () => {
    let underTest: DriverUnderTest
    let connection: DriverConnection
    beforeEach(async () => {
      underTest = await candidate.open()
      connection = await underTest.driver.connect()
    })
    afterEach(async () => {
      await connection.close()
      await underTest.close()
    })

    it('closes once, however often it is told', async () => {
      expect(connection.isClosed).toBe(false)
      await Promise.all([connection.close(), connection.close()])
      await connection.close()
      expect(connection.isClosed).toBe(true)
    })

    it('refuses statements after it was closed', async () => {
      await connection.close()
      expect(await failureOf(ask(connection, 'select 1'))).toBeInstanceOf(ClosedError)
    })

    it('does not call a close a loss', async () => {
      let losses = 0
      connection.onLost(() => losses++)
      await connection.close()
      expect(losses).toBe(0)
    })

    it('leaves nothing behind: no transaction, no temporary table, no setting', async () => {
      await ask(connection, 'create table stays (n int)')
      await ask(connection, 'create temporary table goes ()')
      await ask(connection, `set application_name to 'somebody else'`)
      await ask(connection, 'begin')
      await ask(connection, 'insert into stays values (1)')
      await connection.close()
      connection = await underTest.driver.connect()
      const { rows } = await ask(
        connection,
        `select (select count(*) from stays), to_regclass('goes'), current_setting('application_name') = 'somebody else'`,
      )
      expect(rows).toEqual([['0', null, 'f']])
    })

    it('says what happened to every statement when the connection is lost', async () => {
      const causes: unknown[] = []
      connection.onLost((cause) => causes.push(cause))
      await ask(connection, 'begin')
      await underTest.breakConnection(connection)
      const first = await failureOf(ask(connection, 'select 1'))
      expect(first).toBeInstanceOf(ConnectionLostError)
      expect(causes.length).toBe(1)
      expect(connection.isClosed).toBe(true)
      for (let i = 0; i < 3; i++) {
        const later = await failureOf(ask(connection, 'select 1'))
        expect(later).toBeInstanceOf(ConnectionLostError)
        expect(later).toMatchObject({ phase: 'not sent', safeToRetry: true })
      }
      expect(causes.length).toBe(1)
      await connection.close()
    })

    it('connects no more often than it says it can', async () => {
      const { capabilities } = underTest.driver
      const wanted = capabilities.maxConnections ?? 5
      const others: DriverConnection[] = []
      for (let i = 1; i < wanted; i++) others.push(await underTest.driver.connect())
      const connections = [connection, ...others]
      const answers = await Promise.all(connections.map((each) => ask(each, 'select 1')))
      expect(answers.length).toBe(wanted)
      if (capabilities.maxConnections !== null) {
        await expect(underTest.driver.connect()).rejects.toThrow(/one connection|connections/)
      }
      await Promise.all(others.map((each) => each.close()))
    })

    it('does not connect when the caller has given up', async () => {
      await connection.close()
      const reason = new InvalidRequestError('changed my mind')
      const error = await failureOf(underTest.driver.connect({ signal: AbortSignal.abort(reason) }))
      expect(error).toBeInstanceOf(CanceledError)
      expect(error).toHaveProperty('cause', reason)
      connection = await underTest.driver.connect()
      expect((await ask(connection, 'select 1')).rows).toEqual([['1']])
    })

    it('cancels what runs, and nothing that comes after, where it can', async () => {
      const { capabilities } = underTest.driver
      expect(connection.cancel !== undefined).toBe(capabilities.cancel)
      const long = capabilities.cancel ? 'select pg_sleep(30)' : 'select 1'
      const running = ask(connection, long).then(
        () => 'finished',
        (error: unknown) => error,
      )
      // Until the server has it, there is nothing to cancel.
      await new Promise((resolve) => setTimeout(resolve, 200))
      const next = connection.cancel?.().then(() => ask(connection, 'select 2'))
      const outcome = await running
      if (capabilities.cancel) expect(outcome).toHaveProperty('fields.sqlState', '57014')
      else expect(outcome).toBe('finished')
      expect((await (next ?? ask(connection, 'select 2'))).rows).toEqual([['2']])
    })
  })
}
