import { afterEach, describe, expect, it } from '@jest/globals'
import {
  CanceledError,
  CommitUnknownError,
  type Connection,
  ConnectionLostError,
  createEngine,
  type Engine,
  PendingRollbackError,
} from '@oriel/engine'
import { InvalidRequestError, UniqueViolationError } from '@oriel/sql'
import { delay, empty, gate, refusal, type Script, ScriptedDriver, statement } from '../../scripted-driver.ts'

let engine: Engine
let driver: ScriptedDriver
async function connect(...scripts: Script[]): Promise<Connection> {
  driver = new ScriptedDriver(...scripts)
  engine = createEngine(driver, { pool: { size: 1 } })
  return await engine.connect()
}
afterEach(() => engine.close({ graceMs: 0 }))
async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { cause?: unknown; phase?: string; safeToRetry?: boolean }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new TypeError('an error was expected')
}
const fails: Script = (sent) => {
  if (sent.text === 'bad') throw refusal('23505', 'duplicate key value')
  return undefined
}
const select = statement('select 1')

describe('statements', () => {
  it('run one after the other, in the order in which they were called', async () => {
    let running = 0
    let most = 0
    const connection = await connect(async (sent) => {
      most = Math.max(most, ++running)
      await delay(sent.text === 'slow' ? 20 : 1)
      running--
      return empty
    })
    await Promise.all(['slow', 'b', 'c'].map((text) => connection.execute(statement(text))))
    expect(driver.sent).toEqual(['1: slow', '1: b', '1: c'])
    expect(most).toBe(1)
  })

  it('one that fails lets the next run', async () => {
    const connection = await connect(fails)
    const [first, second] = await Promise.allSettled([connection.execute(statement('bad')), connection.execute(select)])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })
})

describe('transactions', () => {
  it('are plain statements, and inTransaction tells', async () => {
    const connection = await connect()
    expect(connection.inTransaction).toBe(false)
    await connection.begin({ isolation: 'serializable' })
    expect(connection.inTransaction).toBe(true)
    await expect(connection.begin()).rejects.toThrow(InvalidRequestError)
    await connection.commit()
    await expect(connection.commit()).rejects.toThrow('no transaction is open')
    await expect(connection.rollback()).rejects.toThrow('no transaction is open')
    expect(driver.sent).toEqual(['1: begin isolation level serializable', '1: commit'])
  })

  it('what is called before the answer of begin is there knows of it', async () => {
    const connection = await connect()
    await Promise.all([connection.begin(), connection.execute(select), connection.commit(), connection.begin()])
    expect(driver.sent).toEqual(['1: begin', '1: select 1', '1: commit', '1: begin'])
  })

  it('a savepoint brings an aborted one back', async () => {
    const connection = await connect(fails)
    await connection.begin()
    await connection.savepoint('a"b')
    await rejection(connection.execute(statement('bad')))
    const refused = await rejection(connection.execute(select))
    expect(refused).toBeInstanceOf(PendingRollbackError)
    expect(refused.cause).toBeInstanceOf(UniqueViolationError)
    await expect(connection.savepoint('c')).rejects.toThrow(PendingRollbackError)
    await expect(connection.releaseSavepoint('a"b')).rejects.toThrow(PendingRollbackError)
    await connection.rollbackTo('a"b')
    await connection.execute(select)
    await connection.releaseSavepoint('a"b')
    await expect(connection.rollbackTo('a"b')).rejects.toThrow("no savepoint 'a\"b'")
    await connection.commit()
    expect(driver.sent.filter((sent) => sent.includes('select 1'))).toHaveLength(1)
  })

  it('raw SQL may roll an aborted one back', async () => {
    const connection = await connect(fails)
    await connection.begin()
    await rejection(connection.execute(statement('bad')))
    await connection.execute(statement('/* enough */ rollback'))
    expect(connection.inTransaction).toBe(false)
    await connection.execute(select)
  })

  it('a commit that the server refuses ends the transaction, with the server’s error', async () => {
    const connection = await connect((sent) => {
      if (sent.text === 'commit') throw refusal('23505', 'deferred')
      return undefined
    })
    await connection.begin()
    await expect(connection.commit()).rejects.toThrow(UniqueViolationError)
    expect(connection.inTransaction).toBe(false)
    await connection.begin()
  })

  it('a COMMIT that is answered by ROLLBACK is an error', async () => {
    const connection = await connect((sent) => (sent.text === 'commit' ? { ...empty, command: 'ROLLBACK' } : undefined))
    await connection.begin()
    await expect(connection.commit()).rejects.toThrow('nothing was stored')
  })
})

describe('a lost connection', () => {
  it('fails what ran, and everything after it; nothing runs elsewhere', async () => {
    const connection = await connect((sent, wire) => {
      if (sent.text === 'kill') wire.break(new TypeError('57P01'))
      return undefined
    })
    await connection.begin()
    const outcomes = await Promise.all([statement('kill'), select, select].map((s) => rejection(connection.execute(s))))
    expect(outcomes.map((error) => error instanceof ConnectionLostError && error.phase)).toEqual([
      'sent',
      'not sent',
      'not sent',
    ])
    expect(outcomes[0]).toMatchObject({ safeToRetry: false, cause: { message: '57P01' } })
    expect(outcomes[0]?.message).toContain('db.example')
    expect((await rejection(connection.commit())).message).toContain('lost')
    await connection.close()
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: begin', '1: kill', '2: select 1'])
  })

  it('found idle inside a transaction: the next statement fails before it is sent, rollback passes', async () => {
    const connection = await connect()
    await connection.begin()
    driver.connections[0]?.break()
    const error = await rejection(connection.execute(select))
    expect(error).toMatchObject({ phase: 'not sent', safeToRetry: true })
    await connection.rollback()
    expect(driver.sent).toEqual(['1: begin'])
  })

  it('while COMMIT is under way leaves the outcome open', async () => {
    const connection = await connect((sent, wire) => {
      if (sent.text === 'commit') wire.break()
      return undefined
    })
    await connection.begin()
    const error = await rejection(connection.commit())
    expect(error).toBeInstanceOf(CommitUnknownError)
    expect(error.safeToRetry).toBe(false)
  })

  it('before COMMIT is sent is no doubt', async () => {
    const connection = await connect()
    await connection.begin()
    driver.connections[0]?.break()
    expect(await rejection(connection.commit())).toMatchObject({ phase: 'not sent' })
  })
})

describe('signal and timeoutMs', () => {
  it('ask the server to cancel, and wait for its word before the connection is used again', async () => {
    const connection = await connect((sent) => (sent.text === 'slow' ? new Promise<never>(() => {}) : undefined))
    driver.capabilities = { ...driver.capabilities, cancel: true }
    const error = await rejection(connection.execute(statement('slow'), { timeoutMs: 20 }))
    expect(error).toBeInstanceOf(CanceledError)
    expect(error.message).toContain('timeoutMs: 20')
    await connection.execute(select)
    await connection.close()
    await engine.execute(select)
    expect(driver.connections[0]?.cancels).toBe(1)
    expect(driver.sent).toEqual(['1: slow', '1: select 1', '2: select 1'])
  })

  it('a statement that was faster than the cancel keeps its result; its connection is not used by others', async () => {
    const connection = await connect((sent) => (sent.text === 'slow' ? delay(40).then(() => empty) : undefined))
    driver.capabilities = { ...driver.capabilities, cancel: true }
    if (driver.connections[0]) driver.connections[0].cancel = async () => {}
    expect((await connection.execute(statement('slow'), { timeoutMs: 10 })).rowCount).toBe(0)
    await connection.close()
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: slow', '2: select 1'])
  })

  it('36: act between statements where the driver cannot cancel', async () => {
    const slow = gate()
    const connection = await connect((sent) => (sent.text === 'slow' ? slow.passed.then(() => empty) : undefined))
    const controller = new AbortController()
    const first = connection.execute(statement('slow'), { signal: controller.signal })
    const second = rejection(connection.execute(select, { signal: controller.signal }))
    await delay(5)
    controller.abort()
    slow.open()
    await first
    expect(await second).toBeInstanceOf(CanceledError)
    expect(driver.sent).toEqual(['1: slow'])
  })

  it('a statement that was never sent does not abort its transaction', async () => {
    const connection = await connect()
    await connection.begin()
    await rejection(connection.execute(select, { signal: AbortSignal.abort() }))
    await connection.execute(select)
    await connection.commit()
    expect(driver.sent).toEqual(['1: begin', '1: select 1', '1: commit'])
  })
})
