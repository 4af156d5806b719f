// The engine: statements without a session, transactions, events, what is printed, and what is warned of.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  CanceledError,
  ClosedError,
  CompileError,
  createAll,
  createEngine,
  DatabaseError,
  entity,
  exists,
  func,
  insert,
  PendingRollbackError,
  ProgrammingError,
  select,
  selectinload,
  sessionFactory,
  sql,
  types as t,
  unionAll,
} from 'oriel'
import { freshEngine, freshLane } from '../fixture/lane.ts'
import { Customer, fillShop, Order } from '../fixture/shop.ts'

const lines: string[] = []
const engine = await freshEngine({ echo: (line) => lines.push(line) })
const [o, c] = [entity(Order), entity(Customer)]

beforeAll(async () => {
  await createAll(engine)
  await fillShop(engine)
})

const emails = select(c.email).orderBy(c.id)

describe('statements without a session', () => {
  it('run in a transaction, on a connection, and by themselves', async () => {
    const expected = [['ann@x.io'], ['bo@x.io'], ['cy@x.io']]
    expect(await engine.begin((connection) => connection.execute(emails).all())).toEqual(expected)
    const connection = await engine.connect()
    try {
      expect(await connection.execute(emails).all()).toEqual(expected)
    } finally {
      await connection.close()
    }
    expect(await engine.execute(emails).all()).toEqual(expected)
    {
      await using borrowed = await engine.connect()
      expect(await borrowed.execute(emails).all()).toEqual(expected)
    }
    expect(engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
  })

  it('refuse loader options, which only a session follows, before anything is sent', async () => {
    const before = lines.length
    const loading = select(Order).options(selectinload(o.customer)).orderBy(o.id)
    const union_ = unionAll(select(Order), select(Order).options(selectinload(o.customer)))
    const refused = 'The statement has loader options, and an engine loads no relationships'
    await expect(engine.execute(loading)).rejects.toThrow(ArgumentError)
    await expect(engine.execute(loading)).rejects.toThrow(refused)
    await expect(engine.execute(union_)).rejects.toThrow(refused)
    await expect(engine.begin((connection) => connection.execute(loading).all())).rejects.toThrow(refused)
    expect(lines.slice(before).filter((line) => line.startsWith('select'))).toEqual([])
    await using session = sessionFactory(engine).open()
    expect((await session.scalars(loading).all())[0]?.customer).toBeInstanceOf(Customer)
  })

  it('take as many parameters as the driver carries, and no more', async () => {
    const { maxParameters: most = engine.dialect.maxParameters } = engine.driver.capabilities
    const text = (count: number): TemplateStringsArray => {
      const strings = ['select cardinality(array[', ...Array.from({ length: count - 1 }, () => ','), ']::int[])']
      return Object.assign(strings, { raw: strings })
    }
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)
    expect(await engine.execute(sql<{ cardinality: number }>(text(most), ...numbers(most))).one()).toEqual({
      cardinality: most,
    })
    const before = lines.length
    await expect(engine.execute(sql(text(most + 1), ...numbers(most + 1)))).rejects.toThrow(
      new RegExp(`has ${most + 1} parameters; .* takes at most ${most}`),
    )
    expect(lines.length).toBe(before)
  })

  it('are sent once, when execute is called', async () => {
    const before = lines.length
    const running = engine.execute(emails)
    await Promise.all([running.all(), running.first(), running.scalars().all()])
    expect(lines.length - before).toBe(1)
  })

  it('give the row count of what they changed', async () => {
    const { rowCount } = await engine.execute(sql`update customers set region = region`)
    expect(rowCount).toBe(3)
  })

  it('take raw SQL only as a template', async () => {
    await expect((async () => engine.execute('select 1' as never))()).rejects.toThrow(ArgumentError)
    const rows: { id: number; amount: string }[] = await engine
      .execute(
        sql`select id, amount from orders where id < ${3} order by id`.columns({
          id: t.integer(),
          amount: t.numeric(),
        }),
      )
      .all()
    expect(rows).toEqual([
      { id: 1, amount: '10.00' },
      { id: 2, amount: '40.00' },
    ])
    const typed: { n: number }[] = await engine.execute(sql<{ n: number }>`select 1 as n`).all()
    expect(typed).toEqual([{ n: 1 }])
  })
})

describe('transactions', () => {
  const add = (email: string) => insert(Customer).values({ email })
  const count = () => engine.execute(select(func.count()).from(c)).scalars().one()

  it('are kept with what the work returns, or undone when it throws', async () => {
    expect(await engine.begin(async (connection) => (await connection.execute(add('kept@x.io'))).rowCount)).toBe(1)
    const before = await count()
    const own = new RangeError('my own error')
    await expect(
      engine.begin(async (connection) => {
        await connection.execute(add('undone@x.io'))
        throw own
      }),
    ).rejects.toBe(own)
    expect(await count()).toBe(before)
  })

  it('name the first failure when it was swallowed', async () => {
    const swallowed = engine.begin(async (connection) => {
      await connection
        .execute(add('ann@x.io'))
        .all()
        .catch(() => {})
      await connection.execute(emails)
    })
    await expect(swallowed).rejects.toThrow(PendingRollbackError)
    await expect(swallowed).rejects.toMatchObject({ cause: { sqlState: '23505' } })
  })

  it('go back to savepoints', async () => {
    await engine.begin(async (connection) => {
      await connection.savepoint('before "it"')
      await expect(connection.execute(add('ann@x.io'))).rejects.toThrow(DatabaseError)
      await connection.rollbackTo('before "it"')
      await connection.execute(add('after@x.io'))
    })
    expect(await engine.execute(select(c.id).where(c.email.eq('after@x.io'))).all()).toHaveLength(1)
  })

  it('take a signal, and the word that they are meant to be independent', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const kept = await engine.begin({ signal, independent: true, readOnly: true }, (connection) =>
      connection.execute(emails).all(),
    )
    expect(kept).toContainEqual(['ann@x.io'])
    const aborted = engine.begin({ signal }, async (connection) => {
      await connection.execute(add('aborted@x.io'))
      controller.abort(new RangeError('no longer wanted'))
    })
    await expect(aborted).rejects.toThrow(CanceledError)
    expect(await engine.execute(select(c.email).where(c.email.eq('aborted@x.io'))).all()).toEqual([])
  })

  it('take isolation and readOnly', async () => {
    const shown = await engine.begin({ isolation: 'serializable', readOnly: true }, (connection) =>
      connection
        .execute(
          sql`select current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')`.columns(
            [t.text()],
          ),
        )
        .scalars()
        .one(),
    )
    expect(shown).toBe('serializable on')
    await expect(
      engine.begin({ readOnly: true }, (connection) => connection.execute(add('never@x.io')).all()),
    ).rejects.toMatchObject({ sqlState: '25006' })
  })
})

describe('events', () => {
  it('tell of statements, failures and connections', async () => {
    const seen: string[] = []
    const stops = [
      engine.on('beforeExecute', (e) => seen.push(`before ${e.text} ${JSON.stringify(e.params)}`)),
      engine.on('afterExecute', (e) => seen.push(`after ${e.rowCount} ${typeof e.durationMs}`)),
      engine.on('error', (e) => seen.push(`error ${e.error instanceof ProgrammingError}`)),
      engine.on('checkout', (e) => seen.push(`checkout ${typeof e.target}`)),
      engine.on('checkin', () => seen.push('checkin')),
    ]
    await engine.execute(select(o.id).where(o.id.eq(1)))
    await expect(engine.execute(sql`select nothing from nowhere`)).rejects.toThrow(ProgrammingError)
    for (const stop of stops) stop()
    await engine.execute(emails)
    expect(seen).toEqual([
      'checkout string',
      'before select id from orders where id = $1 [1]',
      'after 1 number',
      'checkin',
      'checkout string',
      'before select nothing from nowhere []',
      'error true',
      'checkin',
    ])
  })

  it('refuse names that do not exist', () => {
    expect(() => engine.on('afterExecut' as never, () => {})).toThrow(/afterExecute/)
    expect(() => createEngine(engine.driver, { ecko: true } as never)).toThrow(/echo/)
    expect(() => createEngine(engine.driver, { pool: { sise: 1 } } as never)).toThrow(/size/)
    expect(() => createEngine(engine.driver, { strict: ['limit-without-ordr'] as never })).toThrow(
      /limit-without-order/,
    )
  })
})

describe('what is printed', () => {
  it('has placeholders, not values', () => {
    const line = lines.find((text) => text.includes('where id = $1'))
    expect(line).toMatch(/^select id from orders where id = \$1 \(\d+\.\d ms, 1 row\)$/)
    expect(lines.join('\n')).not.toContain('kept@x.io')
  })
})

describe('toSQL', () => {
  it('gives the text and the values of the user, for PostgreSQL or for an engine', () => {
    const statement = select(o.id).where(o.amount.gt('5'), o.id.in([1, 2]))
    const expected = { text: 'select id from orders where amount > $1 and id = any ($2)', params: ['5', [1, 2]] }
    expect(statement.toSQL()).toEqual(expected)
    expect(statement.toSQL(engine)).toEqual(expected)
  })
})

describe('warnings', () => {
  it('fire once per statement, and are silenced by allow', async () => {
    const codes: string[] = []
    const stop = engine.on('warning', (e) => codes.push(e.code))
    const first = select(o.id).limit(1)
    await engine.execute(first)
    await engine.execute(select(o.id).limit(1))
    await engine.execute(select(o.id).limit(2).allow('limit-without-order'))
    await engine.execute(select({ x: func.lag(o.id).over() }))
    await engine.execute(select({ x: func.lastValue(o.id).over({ orderBy: o.id }) }))
    await engine.execute(select({ x: func.sum(o.amount).over({ orderBy: o.createdAt }) }))
    await engine.execute(select(c.id).where(exists(select(o.id).where(o.id.gt(1)))))
    stop()
    expect(codes).toEqual([
      'limit-without-order',
      'window-without-order',
      'last-value-default-frame',
      'running-default-range',
      'uncorrelated-exists',
    ])
  })

  it('are errors where strict, before anything is sent', async () => {
    const strict = await freshEngine({ strict: true })
    const sent: string[] = []
    strict.on('beforeExecute', (e) => sent.push(e.text))
    await expect(strict.execute(select(o.id).limit(1))).rejects.toThrow(CompileError)
    await expect(strict.execute(select(o.id).limit(1))).rejects.toThrow(/allow\('limit-without-order'\)/)
    expect(sent).toEqual([])
  })

  it('tell of work that leaves the transaction around it', async () => {
    const { driver } = await freshLane()
    const small = createEngine(driver, { pool: { size: 1, maxOverflow: 0 } })
    try {
      await expect(small.begin(() => small.execute(sql`select 1`))).rejects.toThrow(/outside its transaction/)
    } finally {
      await small.close()
    }
  })
})

describe('limits', () => {
  it('end a wait by signal or by time', async () => {
    const aborted = AbortSignal.abort(new Error('changed my mind'))
    await expect(engine.execute(emails, { signal: aborted })).rejects.toThrow(CanceledError)
    await expect(engine.execute(emails, { signal: aborted })).rejects.toMatchObject({
      cause: { message: 'changed my mind' },
    })
    expect(await engine.execute(emails, { timeoutMs: 10_000 }).all()).toHaveLength(5)
  })

  it('say closed after close', async () => {
    const closed = await freshEngine()
    await closed.execute(sql`select 1`)
    await closed.close()
    await expect(closed.execute(sql`select 1`)).rejects.toThrow(ClosedError)
    await expect(closed.begin(async () => 1)).rejects.toThrow(ClosedError)
  })
})
