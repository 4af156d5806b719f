import { spawnSync } from 'node:child_process'
import { tracingChannel } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  CanceledError,
  ClosedError,
  createEngine,
  type Driver,
  type Engine,
  type EngineOptions,
  PendingRollbackError,
  type StatementEndEvent,
  type WarningEvent,
} from '@oriel/engine'
import { ArgumentError, CompileError, InvalidRequestError, UniqueViolationError } from '@oriel/sql'
import { buildSync } from 'esbuild'
import { answers, delay, gate, refusal, ScriptedDriver, statement } from '../scripted-driver.ts'

const engines: Engine[] = []
function open(driver: Driver, options?: EngineOptions): Engine {
  const engine = createEngine(driver, options)
  engines.push(engine)
  return engine
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close({ graceMs: 0 })
})
const refuseBad = (sent: { text: string }) => {
  if (sent.text === 'bad') throw refusal('23505', 'duplicate key value')
  return undefined
}
async function rejection(promise: Promise<unknown>): Promise<Error & { cause?: unknown; code?: string }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new TypeError('an error was expected')
}

describe('the driver of createEngine', () => {
  it.each([
    ['postgres://localhost/app', "createEngine(postgresJs('postgres://…'))"],
    [function pglite() {}, 'createEngine(pglite())'],
    [undefined, 'got undefined'],
    [{}, 'got object'],
  ])('must be one: %p', (given, words) => {
    // What is no driver is refused by the types; they are cast away here.
    const make = () => Reflect.apply(createEngine, undefined, [given])
    expect(make).toThrow(ArgumentError)
    expect(make).toThrow(words)
  })
})

describe('the public face', () => {
  const faceOf = (thing: object) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(thing)).filter((name) => name !== 'constructor')

  it("shows the user's verbs, and no door of the mapper's", async () => {
    const engine = open(new ScriptedDriver())
    expect(faceOf(engine).sort()).toEqual(['begin', 'close', 'connect', 'dialect', 'execute', 'on', 'pool', 'stream'])
    const connection = await engine.connect()
    const verbs = ['begin', 'close', 'commit', 'execute', 'releaseSavepoint', 'rollback', 'rollbackTo', 'savepoint']
    expect(faceOf(connection).sort()).toEqual([...verbs, 'backendPid', 'inTransaction'].sort())
    await connection.close()
  })
})

describe('options of createEngine', () => {
  it('refuses an unknown option and names the nearest', () => {
    const misspelt = { pol: {} } as EngineOptions
    expect(() => createEngine(new ScriptedDriver(), misspelt)).toThrow("no option 'pol'.\n  Did you mean 'pool'?")
    const inPool = { pool: { sise: 3 } } as EngineOptions
    expect(() => createEngine(new ScriptedDriver(), inPool)).toThrow("Did you mean 'size'?")
  })

  it('refuses sizes, limits and codes that cannot be', () => {
    expect(() => createEngine(new ScriptedDriver(), { pool: { size: 0 } })).toThrow(ArgumentError)
    expect(() => createEngine(new ScriptedDriver(), { pool: { size: 1.5 } })).toThrow('pool.size')
    expect(() => createEngine(new ScriptedDriver(), { timeoutMs: Number.NaN })).toThrow('timeoutMs')
    const strict = ['limit-without-ordr'] as unknown as EngineOptions['strict']
    expect(() => createEngine(new ScriptedDriver(), { strict: strict ?? false })).toThrow(
      "Did you mean 'limit-without-order'",
    )
  })

  it('36: takes the maximum of a driver with one connection, and refuses a larger pool with that reason', () => {
    const driver = new ScriptedDriver()
    driver.capabilities = { ...driver.capabilities, maxConnections: 1 }
    expect(open(driver).pool.stats().size).toBe(1)
    expect(() => createEngine(driver, { pool: { size: 2 } })).toThrow(
      'scripted holds at most 1 connection, the pool asks for 2',
    )
    expect(() => createEngine(driver, { pool: { maxOverflow: 1 } })).toThrow('1 + 1 overflow')
  })
})

describe('engine.execute', () => {
  it('1: sends the statement when it is called, once, whatever is read', async () => {
    const driver = new ScriptedDriver(answers('select 1', ['n'], [['1'], ['2']], [23]))
    const engine = open(driver)
    const execution = engine.execute(statement<{ n: number }>('select 1'))
    await delay(5)
    expect(driver.sent).toEqual(['1: select 1'])
    expect(await execution.all()).toEqual([{ n: 1 }, { n: 2 }])
    expect(await execution.first()).toEqual({ n: 1 })
    const result = await execution
    expect('then' in result).toBe(false)
    expect(result.all()).toEqual(result.all())
    expect([...result]).toHaveLength(2)
    expect(driver.sent).toHaveLength(1)
  })

  it('8: refuses a plain string, and what is no statement', async () => {
    const engine = open(new ScriptedDriver())
    const text = 'select 1' as unknown as ReturnType<typeof statement>
    expect((await rejection(engine.execute(text))).message).toContain('Wrap it: sql`…`')
    const number = 7 as unknown as ReturnType<typeof statement>
    await expect(engine.execute(number)).rejects.toThrow(ArgumentError)
  })

  it('39: an error’s stack leads to the line of the caller', async () => {
    const engine = open(new ScriptedDriver(refuseBad))
    async function createUser(): Promise<void> {
      await engine.execute(statement('bad')).all()
    }
    async function createUserInside(): Promise<void> {
      await engine.begin(async (connection) => {
        await connection.execute(statement('bad')).scalars().one()
      })
    }
    const frames = ((await rejection(createUser())).stack ?? '').split('\n')
    expect(frames.findIndex((line) => line.includes('createUser'))).toBeLessThanOrEqual(6)
    expect((await rejection(createUserInside())).stack).toContain('createUserInside')
    await engine.close()
    expect((await rejection(createUser())).stack).toContain('createUser')
  })

  it('39: the driver’s error is the cause, out of sight', async () => {
    const error = await rejection(open(new ScriptedDriver(refuseBad)).execute(statement('bad', { params: ['secret'] })))
    expect(error).toBeInstanceOf(UniqueViolationError)
    expect(error.cause).toMatchObject({ message: 'driver: duplicate key value' })
    expect(Object.keys(error)).not.toContain('cause')
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(String(error.stack)).not.toContain('secret')
  })

  it('an execution that nobody reads raises its own rejection and no other', async () => {
    const seen: unknown[] = []
    const listener = (error: unknown) => seen.push(error)
    process.on('unhandledRejection', listener)
    const execution = open(new ScriptedDriver(refuseBad)).execute(statement('bad'))
    await rejection(execution.all())
    await rejection(execution.scalars().unique().all())
    await delay(5)
    process.off('unhandledRejection', listener)
    expect(seen).toEqual([])
  })
})

describe('engine.begin', () => {
  it('commits and gives back what the work returns', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver)
    expect(await engine.begin(async (connection) => (await connection.execute(statement('insert'))) && 7)).toBe(7)
    expect(driver.sent).toEqual(['1: begin', '1: insert', '1: commit'])
    expect(engine.pool.stats()).toMatchObject({ idle: 1, inUse: 0 })
  })

  it('passes the isolation on, and refuses an option that it does not have', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver)
    await engine.begin({ isolation: 'serializable' }, async () => {})
    expect(driver.sent[0]).toBe('1: begin isolation level serializable')
    const wrong = { isolaton: 'serializable' } as object
    await expect(engine.begin(wrong, async () => {})).rejects.toThrow("Did you mean 'isolation'")
  })

  it('rolls back and rethrows what the work threw', async () => {
    const driver = new ScriptedDriver()
    const own = new TypeError('mine')
    await expect(
      open(driver).begin(async () => {
        throw own
      }),
    ).rejects.toBe(own)
    expect(driver.sent).toEqual(['1: begin', '1: rollback'])
  })

  it('a rollback that fails hides nothing, and its connection is not used again', async () => {
    const driver = new ScriptedDriver((sent) => {
      if (sent.text === 'rollback') throw refusal('XX000', 'no rollback today')
      return undefined
    })
    const engine = open(driver)
    await expect(
      engine.begin(async () => {
        throw new TypeError('first')
      }),
    ).rejects.toThrow('first')
    await engine.execute(statement('next'))
    expect(driver.sent.at(-1)).toBe('2: next')
    expect(driver.closed).toEqual([1])
  })

  it('an error that the work swallowed aborts: later statements and the commit name it', async () => {
    const driver = new ScriptedDriver(refuseBad)
    let later: Error | null = null
    const error = await rejection(
      open(driver).begin(async (connection) => {
        await rejection(connection.execute(statement('bad')))
        later = await rejection(connection.execute(statement('select 2')))
      }),
    )
    expect(later).toBeInstanceOf(PendingRollbackError)
    expect(String(later)).toContain('aborted by: duplicate key value')
    expect(String(later)).toContain('engine.test.ts')
    expect(error).toBeInstanceOf(PendingRollbackError)
    expect(error.cause).toBeInstanceOf(UniqueViolationError)
    expect(driver.sent).toEqual(['1: begin', '1: bad', '1: rollback'])
  })

  it('a signal that is aborted before the commit rolls back', async () => {
    const driver = new ScriptedDriver()
    const controller = new AbortController()
    const error = await rejection(
      open(driver).begin({ signal: controller.signal }, async () => controller.abort('enough')),
    )
    expect(error).toBeInstanceOf(CanceledError)
    expect(error.cause).toBe('enough')
    expect(driver.sent.at(-1)).toBe('1: rollback')
  })

  it('a statement that was not awaited is refused once the connection is back', async () => {
    const engine = open(new ScriptedDriver())
    const connection = await engine.begin(async (given) => given)
    await expect(connection.execute(statement('late'))).rejects.toThrow(ClosedError)
  })

  it('40: a statement through the engine inside the callback is a warning with its place', async () => {
    const engine = open(new ScriptedDriver())
    const warnings: WarningEvent[] = []
    engine.on('warning', (event) => warnings.push(event))
    await engine.begin(async () => {
      await engine.execute(statement('select 1'))
      await engine.execute(statement('select 2', { allowed: ['outside-transaction'] }))
      await engine.begin({ independent: true }, async () => {})
    })
    await engine.execute(statement('select 3'))
    expect(warnings.map(({ code }) => code)).toEqual(['outside-transaction'])
    expect(warnings[0]?.message).toContain('engine.test.ts')
  })

  it('40: it is an error at once where it could only wait for itself, and under strict', async () => {
    const alone = open(new ScriptedDriver(), { pool: { size: 1 } })
    await expect(alone.begin(() => alone.execute(statement('select 1')))).rejects.toThrow(InvalidRequestError)
    const strict = open(new ScriptedDriver(), { strict: ['outside-transaction'] })
    await expect(strict.begin(() => strict.execute(statement('select 1')))).rejects.toThrow(CompileError)
  })
})

describe('events and echo', () => {
  it('tell what was sent, until they are taken back; one that throws disturbs nobody', async () => {
    const engine = open(new ScriptedDriver(answers('select 1', ['n'], [['1']])))
    const before: string[] = []
    const after: StatementEndEvent[] = []
    engine.on('beforeExecute', () => {
      throw new TypeError('a bad listener')
    })
    engine.on('beforeExecute', (event) => before.push(event.text))
    const stop = engine.on('afterExecute', (event) => after.push(event))
    await engine.execute(statement('select 1', { params: ['a', null] }))
    stop()
    await engine.execute(statement('select 1'))
    expect(before).toEqual(['select 1', 'select 1'])
    expect(after).toHaveLength(1)
    expect(after[0]).toMatchObject({ text: 'select 1', params: ['a', null], rowCount: 1 })
    expect(after[0]?.durationMs).toBeGreaterThan(0)
    const unknown = 'afterExcute' as 'afterExecute'
    expect(() => engine.on(unknown, () => {})).toThrow("Did you mean 'afterExecute'")
  })

  it('connections and errors have theirs', async () => {
    const engine = open(new ScriptedDriver(refuseBad))
    const seen: string[] = []
    for (const name of ['connect', 'checkout', 'checkin', 'close', 'error'] as const)
      engine.on(name, () => seen.push(name))
    await rejection(engine.execute(statement('bad')))
    await engine.close()
    expect(seen).toEqual(['connect', 'checkout', 'error', 'checkin', 'close'])
  })

  it('8: echo prints placeholders, and values only where asked', async () => {
    const lines: string[] = []
    const quiet = open(new ScriptedDriver(), { echo: (line) => lines.push(line) })
    await quiet.execute(statement('select $1', { params: ['secret'] }))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^select \$1 \(\d+\.\d ms, 0 rows\)$/)
  })

  it('the tracing channel carries one context from start to end', async () => {
    const channel = tracingChannel<unknown, { text: string; rowCount?: number; error?: unknown }>('oriel:execute')
    const seen: string[] = []
    const subscribers = {
      start: () => seen.push('start'),
      end: () => seen.push('end'),
      asyncStart: () => seen.push('asyncStart'),
      asyncEnd: (context: { text: string }) => seen.push(`asyncEnd ${context.text}`),
      error: (context: { text: string }) => seen.push(`error ${context.text}`),
    }
    channel.subscribe(subscribers)
    const engine = open(new ScriptedDriver(refuseBad))
    await engine.execute(statement('good'))
    await rejection(engine.execute(statement('bad')))
    channel.unsubscribe(subscribers)
    await engine.execute(statement('unseen'))
    expect(seen).toEqual([
      'start',
      'end',
      'asyncStart',
      'asyncEnd good',
      'start',
      'end',
      'error bad',
      'asyncStart',
      'asyncEnd bad',
    ])
  })

  it('6: a warning is told once per text and code, silenced by allow, an error under strict', async () => {
    const warnings = [{ code: 'limit-without-order' as const, message: 'LIMIT without ORDER BY gives any rows.' }]
    const driver = new ScriptedDriver()
    const engine = open(driver)
    const told: string[] = []
    engine.on('warning', (event) => told.push(event.code))
    await engine.execute(statement('a limit 1', { warnings }))
    await engine.execute(statement('a limit 1', { warnings }))
    await engine.execute(statement('b limit 1', { warnings }))
    await engine.execute(statement('c limit 1', { warnings, allowed: ['limit-without-order'] }))
    expect(told).toEqual(['limit-without-order', 'limit-without-order'])
    const strict = open(driver, { strict: true })
    const before = driver.sent.length
    await expect(strict.execute(statement('a limit 1', { warnings }))).rejects.toThrow(CompileError)
    await strict.execute(statement('a limit 1', { warnings, allowed: ['limit-without-order'] }))
    expect(driver.sent).toHaveLength(before + 1)
    const other = open(driver, { strict: ['mapping'] })
    other.on('warning', () => {})
    await other.execute(statement('a limit 1', { warnings }))
  })
})

describe('engine.close', () => {
  it('waits for borrowers, closes them when the time is over, and refuses everything after it', async () => {
    const driver = new ScriptedDriver()
    const engine = open(driver)
    const held = await engine.connect()
    const lender = gate()
    const closing = engine.begin(async () => lender.passed)
    await delay(5)
    const closed = engine.close({ graceMs: 30 })
    await expect(engine.execute(statement('select 1'))).rejects.toThrow(ClosedError)
    lender.open()
    await closing
    await closed
    expect(driver.open).toEqual([])
    expect(driver.isShutDown).toBe(true)
    await expect(held.execute(statement('select 1'))).rejects.toThrow(ClosedError)
    await held.close()
    await engine.close()
  })

  it('lets the process end within 100 ms', () => {
    // The best of five runs: a busy machine can hold up any one of them.
    const endings = Array.from({ length: 5 }, () => {
      const { status, stdout } = runProgram('close')
      expect(status).toBe(0)
      return Number(stdout)
    })
    expect(Math.min(...endings)).toBeLessThan(100)
  })

  it('39: an uncaught error takes at most 15 lines and shows the caller, no driver', () => {
    const { status, stderr } = runProgram('fail')
    expect(status).toBe(1)
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
    expect(stderr).toContain('createUser')
    expect(stderr).not.toContain('driver: ')
  })
})

/** The program beside this test, in a process of its own, with the packages where an installation has them. */
function runProgram(mode: 'close' | 'fail') {
  const folder = mkdtempSync(join(tmpdir(), 'oriel-engine-'))
  const packages = join(import.meta.dirname, '../../..')
  const build = (entry: string, outfile: string, external: string[]) =>
    buildSync({
      entryPoints: [entry],
      outfile,
      external,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    })
  try {
    for (const name of ['sql', 'engine']) {
      const installed = join(folder, 'node_modules/@oriel', name)
      build(join(packages, name, 'src/index.ts'), join(installed, 'index.js'), ['@oriel/sql'])
      writeFileSync(join(installed, 'package.json'), '{ "type": "module", "main": "index.js" }')
    }
    build(join(packages, 'engine/test/process-program.ts'), join(folder, 'program.mjs'), ['@oriel/*'])
    return spawnSync(process.execPath, [join(folder, 'program.mjs'), mode], { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
