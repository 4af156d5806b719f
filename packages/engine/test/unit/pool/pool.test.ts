import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  CanceledError,
  ClosedError,
  ConnectError,
  type Connection,
  createEngine,
  type Engine,
  type PoolOptions,
  PoolTimeoutError,
  type WarningEvent,
} from '@oriel/engine'
import { delay, gate, refusal, ScriptedDriver, statement } from '../../scripted-driver.ts'

const engines: Engine[] = []
function open(driver: ScriptedDriver, pool: PoolOptions): Engine {
  const engine = createEngine(driver, { pool })
  engines.push(engine)
  return engine
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close({ graceMs: 0 })
})
async function rejection(promise: Promise<unknown>): Promise<Error & { cause?: unknown }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new TypeError('an error was expected')
}
function connectAll(engine: Engine, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => engine.connect()))
}
const select = statement('select 1')

describe('size and overflow', () => {
  it('opens no more than it may, and closes what is beyond the size', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 2, maxOverflow: 1 })
    const lent = await connectAll(engine, 3)
    expect(engine.pool.stats()).toEqual({ size: 2, idle: 0, inUse: 3, waiting: 0, overflow: 1 })
    const fourth = engine.connect()
    await delay(5)
    expect(engine.pool.stats().waiting).toBe(1)
    expect(driver.connections).toHaveLength(3)
    await lent[0]?.close()
    lent.push(await fourth)
    for (const connection of lent.slice(1)) await connection.close()
    expect(engine.pool.stats()).toEqual({ size: 2, idle: 2, inUse: 0, waiting: 0, overflow: 0 })
    expect(driver.open).toHaveLength(2)
  })

  it('serves waiters in the order in which they came', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 2 })
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => engine.execute(statement(`select ${i}`)).then(() => order.push(i))),
    )
    expect(driver.sent.map((sent) => Number(sent.split(' ').at(-1)))).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(order).toHaveLength(20)
    expect(driver.connections).toHaveLength(2)
  })
})

describe('waiting', () => {
  it('ends after timeoutMs, and says who holds what', async () => {
    const engine = open(new ScriptedDriver(), { size: 2, timeoutMs: 100 })
    await connectAll(engine, 2)
    const startedAt = performance.now()
    const error = await rejection(engine.execute(select))
    const waited = performance.now() - startedAt
    expect(error).toBeInstanceOf(PoolTimeoutError)
    expect(waited).toBeGreaterThanOrEqual(95)
    // Far less than the 30 s of an engine that is told nothing; how much less is up to the machine.
    expect(waited).toBeLessThan(5_000)
    expect(error.message).toContain('within 100 ms')
    expect(error.message).toContain('size 2, in use 2, waiting 0')
    expect(error.message).toMatch(/held by engine\.connect for \d\.\d s/)
    expect(error.message).not.toContain('pool.test.ts')
    expect(engine.pool.stats().waiting).toBe(0)
  })

  it('says where it was borrowed when leaks are looked for, and warns of them', async () => {
    const engine = open(new ScriptedDriver(), { size: 1, timeoutMs: 60, leakWarnAfterMs: 20 })
    const warnings: WarningEvent[] = []
    engine.on('warning', (event) => warnings.push(event))
    async function borrower(): Promise<Connection> {
      return await engine.connect()
    }
    await borrower()
    expect((await rejection(engine.connect())).message).toContain('pool.test.ts')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatchObject({ code: 'connection-leak' })
    expect(warnings[0]?.message).toContain('pool.test.ts')
  })

  it('refuses at once where too many wait', async () => {
    const engine = open(new ScriptedDriver(), { size: 1, maxWaiting: 1_000, timeoutMs: 2_000 })
    // Held to the end: a connection that nobody holds is taken back, and would go to one who waits.
    const held = await engine.connect()
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => rejection(engine.connect())))
    expect(outcomes.filter((error) => error.message.includes('pool.maxWaiting'))).toHaveLength(9_000)
    expect(outcomes.filter((error) => error.message.includes('within 2000 ms'))).toHaveLength(1_000)
    await held.close()
  })

  it('ends with its signal, and no connection is lost by it', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 1 })
    const held = await engine.connect()
    const controller = new AbortController()
    const waiting = rejection(engine.execute(select, { signal: controller.signal }))
    await delay(5)
    const reason = new TypeError('the client went away')
    controller.abort(reason)
    const error = await waiting
    expect(error).toBeInstanceOf(CanceledError)
    expect(error.cause).toBe(reason)
    expect(engine.pool.stats().waiting).toBe(0)
    await held.close()
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: select 1'])
    const aborted = engine.execute(select, { signal: AbortSignal.abort('before') })
    expect((await rejection(aborted)).cause).toBe('before')
    expect(driver.sent).toHaveLength(1)
  })

  it('ends with timeoutMs of the statement', async () => {
    const engine = open(new ScriptedDriver(), { size: 1 })
    await engine.connect()
    const error = await rejection(engine.execute(select, { timeoutMs: 20 }))
    expect(error).toBeInstanceOf(CanceledError)
    expect(error.message).toContain('timeoutMs: 20')
  })
})

describe('connecting', () => {
  it('a failure names the target, never a password, and frees the place', async () => {
    const driver = new ScriptedDriver()
    driver.beforeConnect = () => {
      throw refusal('28P01', 'password authentication failed for postgres://ann:geheim@db.example/shop')
    }
    const engine = open(driver, { size: 1, timeoutMs: 500 })
    const error = await rejection(engine.execute(select))
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toContain('db.example:5432/shop as ann')
    expect(error.message).toContain('check user and password')
    expect(error.message).not.toContain('geheim')
    expect(engine.pool.stats()).toEqual({ size: 1, idle: 0, inUse: 0, waiting: 0, overflow: 0 })
    driver.beforeConnect = () => {}
    await engine.execute(select)
  })

  it('a failure lets the next waiter try', async () => {
    const driver = new ScriptedDriver()
    let attempts = 0
    driver.beforeConnect = async () => {
      await delay(5)
      if (++attempts === 1) throw Object.assign(new TypeError('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    const engine = open(driver, { size: 1 })
    const [first, second] = await Promise.allSettled([engine.execute(select), engine.execute(select)])
    expect(first.status).toBe('rejected')
    expect(second.status).toBe('fulfilled')
  })

  it('a connection that comes too late is closed, and its place is free', async () => {
    const driver = new ScriptedDriver()
    const stalled = gate()
    driver.beforeConnect = () => stalled.passed
    const engine = open(driver, { size: 1, timeoutMs: 30 })
    expect(await rejection(engine.execute(select))).toBeInstanceOf(PoolTimeoutError)
    driver.beforeConnect = () => {}
    await engine.execute(select)
    stalled.open()
    await delay(5)
    expect(driver.connections).toHaveLength(2)
    expect(driver.open).toEqual([1])
  })

  it('a signal ends it, and tells the driver', async () => {
    const driver = new ScriptedDriver()
    let told = false
    driver.beforeConnect = (signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          told = true
          reject(new TypeError('aborted'))
        })
      })
    const engine = open(driver, { size: 1 })
    expect(await rejection(engine.execute(select, { timeoutMs: 20 }))).toBeInstanceOf(CanceledError)
    expect(told).toBe(true)
    expect(engine.pool.stats().inUse).toBe(0)
  })
})

describe('giving back', () => {
  it('rolls back what was left open, with raw SQL too, before the next borrower', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 1 })
    const connection = await engine.connect()
    await connection.begin()
    await connection.close()
    await engine.execute(statement('-- raw\nBEGIN', { verb: 'raw' }))
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: begin', '1: rollback', '1: -- raw\nBEGIN', '1: rollback', '1: select 1'])
  })

  it('may be said twice, and takes nothing from the next borrower', async () => {
    const engine = open(new ScriptedDriver(), { size: 1 })
    const first = await engine.connect()
    await first.close()
    const second = await engine.connect()
    await first.close()
    await expect(first.execute(select)).rejects.toThrow(ClosedError)
    expect(engine.pool.stats().inUse).toBe(1)
    await second.execute(select)
  })

  it('is done for a borrower that was forgotten, with a warning', async () => {
    setFlagsFromString('--expose_gc')
    const collect: () => void = runInNewContext('gc')
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 1 })
    const codes: string[] = []
    engine.on('warning', (event) => codes.push(event.code))
    const forget = async () => void (await engine.connect())
    await forget()
    for (let i = 0; i < 100 && engine.pool.stats().inUse > 0; i++) {
      await delay(10)
      collect()
    }
    expect(codes).toEqual(['connection-leak'])
    await engine.execute(select)
    expect(driver.sent).toEqual(['2: select 1'])
  })

  it('await using gives back', async () => {
    const engine = open(new ScriptedDriver(), { size: 1 })
    {
      await using connection = await engine.connect()
      await connection.execute(select)
    }
    expect(engine.pool.stats()).toMatchObject({ idle: 1, inUse: 0 })
  })
})

describe('old and dead connections', () => {
  it('recycles by age, never while borrowed', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 1, recycleMs: 20 })
    await engine.begin(async (connection) => {
      await delay(30)
      await connection.execute(select)
    })
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: begin', '1: select 1', '1: commit', '2: select 1'])
    expect(driver.closed).toEqual([1])
  })

  it('replaces one that was lost while idle', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 2 })
    await engine.execute(select)
    driver.connections[0]?.break()
    expect(engine.pool.stats().idle).toBe(0)
    await engine.execute(select)
    expect(driver.sent).toEqual(['1: select 1', '2: select 1'])
  })

  it('prePing asks only what was idle, and one dead connection drops all that are as old', async () => {
    const dead = new Set<number>()
    const driver = new ScriptedDriver((sent, connection) => {
      if (sent.text === 'select 1' && dead.has(connection.backendPid)) throw refusal('57P01', 'terminating')
      return undefined
    })
    const engine = open(driver, { size: 3, prePing: true })
    const other = statement('select 2')
    const lent = await connectAll(engine, 3)
    for (const connection of lent) await connection.close()
    expect(driver.sent).toEqual([])
    dead.add(3)
    await engine.execute(other)
    expect(driver.sent).toEqual(['3: select 1', '4: select 2'])
    expect(driver.closed.sort()).toEqual([1, 2, 3])
    await engine.execute(other)
    expect(driver.sent.slice(2)).toEqual(['4: select 1', '4: select 2'])
  })

  it('a server that goes away, or turns read-only, ends all connections of its time', async () => {
    for (const sqlState of ['57P01', '25006']) {
      const driver = new ScriptedDriver((sent) => {
        if (sent.text === 'write') throw refusal(sqlState, 'not here')
        return undefined
      })
      const engine = open(driver, { size: 2 })
      for (const connection of await connectAll(engine, 2)) await connection.close()
      await rejection(engine.execute(statement('write')))
      expect(driver.open).toEqual([])
      await engine.execute(select)
      expect(driver.sent.at(-1)).toBe('3: select 1')
    }
  })
})

describe('load', () => {
  it('200 callers with random breaks: every call settles, nothing leaks', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver, { size: 5, maxOverflow: 3 })
    let broken = 0
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, async (_, i) => {
        for (let n = 0; n < 10; n++) {
          if (i % 20 === 0 && n === 5) {
            driver.connections.find((connection) => !connection.isClosed)?.break()
            broken++
          }
          await engine.execute(select)
        }
      }),
    )
    expect(outcomes).toHaveLength(200)
    expect(broken).toBeGreaterThan(0)
    const { idle, inUse, waiting } = engine.pool.stats()
    expect({ inUse, waiting }).toEqual({ inUse: 0, waiting: 0 })
    expect(idle).toBeLessThanOrEqual(5)
    expect(driver.open).toHaveLength(idle)
  })
})
