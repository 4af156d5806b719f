// What holds for every statement, tried on random ones: values never become text, names come back as given, operators keep their meaning.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  aliased,
  and,
  caseWhen,
  deleteFrom,
  func,
  insert,
  literal,
  not,
  or,
  type Query,
  queryNode,
  select,
  sql,
  types as t,
  table,
  update,
} from '../../src/index.ts'
import { sqlOf } from '../golden.ts'
import { dialect, openWire, type Wire } from '../postgres.ts'
import { Customer, c, Order, o } from '../shop.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterAll(() => wire.close())

// biome-ignore lint/suspicious/noExplicitAny: random expressions have no static type
const cast = (value: unknown): any => value

/** Runs it with the values as the codecs encode them. */
async function rows(query: Query<unknown>): Promise<(string | null)[][]> {
  const { text, binds } = query.compile(dialect)
  return wire.rows(
    text,
    binds.map(({ value, type, subject }) => dialect.codec(type).encode(value, subject)),
  )
}

const nasty = [
  "'",
  '"',
  '\\',
  '$1',
  '$$',
  '--',
  '/*',
  '*/',
  ';',
  '%',
  '_',
  '`',
  '?',
  ':',
  '\n',
  'é',
  '漢',
  '😀',
  '"; drop table orders; --',
]
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''))

describe('values', () => {
  /** Every door for a value; each is told the value and gives a statement. */
  const doors: { readonly [name: string]: (value: string) => Query<unknown> } = {
    eq: (v) => select(o.id).where(o.status.eq(v)),
    between: (v) => select(o.id).where(o.status.between(v, v)),
    in: (v) => select(o.id).where(o.status.in([v])),
    like: (v) =>
      select(o.id).where(o.status.like(v), o.status.contains(v), o.status.startsWith(v), o.status.endsWith(v)),
    concat: (v) => select(o.status.concat(v)),
    contains: (v) => select(c.id).where(c.tags.contains([v])),
    operator: (v) => select(c.id).where(c.tags.operator('<@', [v])),
    isDistinctFrom: (v) => select(o.id).where(o.status.isDistinctFrom(v)),
    literal: (v) => select(literal(v)),
    case: (v) => select(caseWhen(o.status.eq(v), v).else(v)),
    coalesce: (v) => select(func.coalesce(o.note, v), func.nullif(o.note, v), func.greatest(o.status, v)),
    call: (v) => select(func.call('md5', v)),
    string_agg: (v) => select(func.stringAgg(o.status, v)),
    lag: (v) => select(func.lag(o.status, 1, v).over({ orderBy: o.id })),
    hypothetical: (v) => select(func.rank(v).withinGroup(o.status)),
    // A second sign may turn a part of the interval around: such a text is refused, not sent.
    range: (v) => select(func.count().over({ orderBy: o.createdAt, range: [`1 ${v.replaceAll('-', '')}`, null] })),
    having: (v) => select(o.status).groupBy(o.status).having(func.max(o.status).eq(v)),
    values: (v) => insert(Customer).values(cast({ email: v, tags: [v] })),
    set: (v) => update(Order).set({ status: v }).where(o.note.eq(v)),
    excluded: (v) =>
      insert(Customer)
        .values(cast({ email: v }))
        .onConflictDoUpdate({ target: c.email, set: { region: v }, where: c.region.ne(v) }),
    delete: (v) => deleteFrom(Order).where(o.status.ne(v)),
    has: (v) => select(o.id).where(o.customer.has((x) => x.email.eq(v))),
    sql: (v) => sql`select ${v}, ${sql.join([v, v])}`,
    subquery: (v) => select(select({ x: o.id }).where(o.status.eq(v)).subquery('s')),
  }
  it.each(Object.entries(doors))('never become text: %s', (name, door) => {
    const plain = door('plain').toSQL(dialect)
    fc.assert(
      fc.property(hostile, (value) => {
        const { text, params } = door(value).toSQL(dialect)
        // The text does not depend on the value at all.
        expect(text).toBe(plain.text)
        expect(params).toHaveLength(plain.params.length)
        if (name !== 'like' && name !== 'range') expect(params.flat()).toContain(value)
      }),
    )
  })
  it('come back from the server as they were given', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile.filter((text) => !text.includes('\0')),
        async (value) => {
          expect(
            await rows(select({ a: literal(value), b: sql`${value}::text`, same: literal(value).eq(value) })),
          ).toEqual([[value, value, 't']])
          expect(
            await rows(
              select({
                found: literal(`x${value}y`).contains(value),
                starts: literal(`${value}y`).startsWith(value),
                ends: literal(`x${value}`).endsWith(value),
              }),
            ),
          ).toEqual([['t', 't', 't']])
        },
      ),
      { numRuns: 60 },
    )
  })
  it('with a NUL are refused by name before anything is sent', () => {
    const { binds } = select(o.id).where(o.status.eq('a\0b')).compile(dialect)
    const [bind] = binds
    expect(() => bind && dialect.codec(bind.type).encode(bind.value, bind.subject)).toThrow(/Order\.status/)
  })
})

describe('names', () => {
  const name = hostile.filter(
    (text) => text !== '' && !text.includes('\0') && text.isWellFormed() && new TextEncoder().encode(text).length <= 40,
  )
  it('of labels are what the server calls the columns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), async (labels) => {
        const inner = select(Object.fromEntries(labels.map((label) => [label, literal(true)])))
        const { columns } = inner.compile(dialect)
        const { text } = select(inner.subquery('x')).toSQL(dialect)
        await wire.rows('drop view if exists named')
        await wire.rows(`create temp view named as ${text}`)
        const found = await wire.rows(
          "select attname from pg_attribute where attrelid = 'named'::regclass and attnum > 0 order by attnum",
        )
        expect(found.map(([column]) => column)).toEqual(columns?.map((column) => column.name))
      }),
      { numRuns: 40 },
    )
  })
  it('of tables, columns, aliases, CTEs and windows are the server’s own', async () => {
    await fc.assert(
      fc.asyncProperty(name, name, name, async (tableName, columnName, alias) => {
        const q = (text: string) => `"${text.replaceAll('"', '""')}"`
        await wire.rows('drop schema if exists hostile cascade')
        await wire.rows('create schema hostile')
        // snake_case is what table() calls a column; the server must know it by that name.
        const raw = table(tableName, { [columnName]: t.integer() }, { schema: 'hostile' })
        const [[, column] = []] = Object.entries(raw)
        const written = cast(column).node.name
        await wire.rows(`create table hostile.${q(tableName)} (${q(written)} int)`)
        await wire.rows(`insert into hostile.${q(tableName)} values (7)`)
        const value = cast(raw)[columnName]
        const cte = select({ [columnName]: value }).cte(`cte ${alias}`)
        expect(await rows(select(cte).where(cast(cte.c)[columnName].eq(7)))).toEqual([['7']])
        const sub = select({ [columnName]: value }).subquery(`sub ${alias}`)
        expect(await rows(select({ a: value, b: cast(sub.c)[columnName] }).crossJoin(sub))).toEqual([['7', '7']])
        expect(
          await rows(
            select({ n: func.count().over(`w ${alias}`) })
              .from(raw)
              .window(`w ${alias}`, { orderBy: value, rows: [null, 0] }),
          ),
        ).toEqual([['1']])
        expect(
          await rows(
            sql`select ${sql.identifier(columnName === written ? columnName : written)} from ${sql.identifier('hostile', tableName)}`,
          ),
        ).toEqual([['7']])
        expect(select(aliased(Order, alias).id).toSQL(dialect).text).toBe(
          `select id from orders as ${dialect.quote(alias)}`,
        )
      }),
      { numRuns: 40 },
    )
  })
})

describe('precedence', () => {
  interface Tree {
    readonly build: () => unknown
    readonly value: number | boolean | null
  }
  const wrapNumber = (value: number | null): number | null => value
  const number = (value: number): Tree => ({ build: () => literal(value), value })
  const both = <A, B>(a: A | null, b: A | null, f: (a: A, b: A) => B): B | null =>
    a === null || b === null ? null : f(a, b)
  const num = (tree: Tree) => tree.value as number | null
  const bool = (tree: Tree) => tree.value as boolean | null
  const three = {
    and: (a: boolean | null, b: boolean | null) =>
      a === false || b === false ? false : a === null || b === null ? null : true,
    or: (a: boolean | null, b: boolean | null) =>
      a === true || b === true ? true : a === null || b === null ? null : false,
  }
  const { condition } = fc.letrec<{ integer: Tree; condition: Tree }>((tie) => {
    const integer = tie('integer')
    const condition = tie('condition')
    const pair = fc.tuple(integer, integer)
    const twoConditions = fc.tuple(condition, condition)
    return {
      integer: fc.oneof(
        { maxDepth: 5 },
        fc.integer({ min: -9, max: 9 }).map(number),
        fc.integer({ min: -9, max: 9 }).map(number),
        pair.map(([a, b]) => ({
          build: () => cast(a.build()).add(b.build()),
          value: both(num(a), num(b), (x, y) => x + y),
        })),
        pair.map(([a, b]) => ({
          build: () => cast(a.build()).sub(b.build()),
          value: both(num(a), num(b), (x, y) => x - y),
        })),
        pair.map(([a, b]) => ({
          build: () => cast(a.build()).mul(b.build()),
          value: both(num(a), num(b), (x, y) => x * y),
        })),
        fc.tuple(integer, fc.integer({ min: 1, max: 5 })).map(([a, d]) => ({
          build: () => cast(a.build()).div(d),
          value: wrapNumber(num(a) === null ? null : Math.trunc((num(a) ?? 0) / d)),
        })),
        integer.map((a) => ({ build: () => cast(a.build()).as('label'), value: a.value })),
        integer.map((a) => ({ build: () => cast(a.build()).cast(t.bigint()), value: a.value })),
        fc.tuple(condition, integer, integer).map(([a, b, d]) => ({
          build: () => caseWhen(cast(a.build()), cast(b.build())).else(cast(d.build())),
          value: a.value === true ? b.value : d.value,
        })),
      ),
      condition: fc.oneof(
        { maxDepth: 5 },
        fc.boolean().map((value) => ({ build: () => literal(value), value })),
        pair.map(([a, b]) => ({
          build: () => cast(a.build()).eq(b.build()),
          value: both(num(a), num(b), (x, y) => x === y),
        })),
        pair.map(([a, b]) => ({
          build: () => cast(a.build()).lt(b.build()),
          value: both(num(a), num(b), (x, y) => x < y),
        })),
        pair.map(([a, b]) => ({ build: () => cast(a.build()).isDistinctFrom(b.build()), value: a.value !== b.value })),
        fc.tuple(integer, integer, integer).map(([a, b, d]) => ({
          build: () => cast(a.build()).between(b.build(), d.build()),
          value: three.and(
            both(num(a), num(b), (x, y) => x >= y),
            both(num(a), num(d), (x, y) => x <= y),
          ),
        })),
        fc.tuple(integer, fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 4 })).map(([a, list]) => ({
          build: () => cast(a.build()).in(list),
          value: num(a) === null ? (list.length === 0 ? false : null) : list.includes(num(a) ?? 0),
        })),
        fc.tuple(integer, fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 4 })).map(([a, list]) => ({
          build: () => cast(a.build()).notIn(list),
          value: num(a) === null ? (list.length === 0 ? true : null) : !list.includes(num(a) ?? 0),
        })),
        condition.map((a) => ({ build: () => cast(a.build()).isNull(), value: a.value === null })),
        integer.map((a) => ({ build: () => cast(a.build()).isNotNull(), value: a.value !== null })),
        condition.map((a) => ({ build: () => not(cast(a.build())), value: a.value === null ? null : !a.value })),
        condition.map((a) => ({ build: () => and(cast(a.build())), value: a.value })),
        condition.map((a) => ({ build: () => cast(a.build()).as('label'), value: a.value })),
        twoConditions.map(([a, b]) => ({
          build: () => and(cast(a.build()), cast(b.build())),
          value: three.and(bool(a), bool(b)),
        })),
        twoConditions.map(([a, b]) => ({
          build: () => or(cast(a.build()), cast(b.build())),
          value: three.or(bool(a), bool(b)),
        })),
        twoConditions.map(([a, b]) => ({
          build: () => cast(a.build()).eq(b.build()),
          value: both(bool(a), bool(b), (x, y) => x === y),
        })),
        twoConditions.map(([a, b]) => ({
          build: () => cast(a.build()).isDistinctFrom(b.build()),
          value: a.value !== b.value,
        })),
        fc.tuple(condition, condition, condition).map(([a, b, d]) => ({
          build: () => caseWhen(cast(a.build()), cast(b.build())).else(cast(d.build())),
          value: a.value === true ? b.value : d.value,
        })),
        condition.map((a) => ({ build: () => sql<boolean>`${a.build()} is not true`, value: a.value !== true })),
      ),
    }
  })
  const shown = (value: unknown) => (value === null ? null : value ? 't' : 'f')
  it('of operators: the server computes what the tree says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(condition, { minLength: 8, maxLength: 8 }), async (trees) => {
        const values = trees.map((tree) => tree.value)
        const query = select(cast(Object.fromEntries(trees.map((tree, i) => [`c${i}`, tree.build()]))))
        sqlOf(query)
        expect(await rows(query)).toEqual([values.map(shown)])
      }),
      { numRuns: 150 },
    )
  })
})

describe('statements', () => {
  const base = () =>
    select({ id: o.id, n: func.count().over({ orderBy: o.id, rows: [-1, 0] }) })
      .where(o.id.in([1, 2]), caseWhen(o.id.eq(1), true).else(false).eq(true))
      .join(Customer)
  const steps: ((query: ReturnType<typeof base>) => unknown)[] = [
    (q) => q.where(o.id.eq(9)),
    (q) => q.orderBy(o.id.desc()),
    (q) => q.limit(3).offset(1),
    (q) => q.groupBy(o.id).having(func.count().gt(1)),
    (q) => q.join(aliased(Customer, 'again'), literal(true)),
    (q) => q.distinct(),
    (q) => q.window('w', { orderBy: o.id }),
    (q) => q.qualify(o.id.gt(1)),
    (q) => q.forUpdate(),
    (q) => q.cte('x').materialized(),
    (q) => q.allow('limit-without-order'),
    (q) => q.toSQL(dialect),
  ]
  it('are unchanged by building upon them', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(steps), (chosen) => {
        const query = base()
        const { text, params } = query.toSQL(dialect)
        const branches = chosen.map((step) => step(query))
        expect(branches).toHaveLength(chosen.length)
        expect(query.toSQL(dialect)).toEqual({ text, params })
        expect(base().toSQL(dialect)).toEqual({ text, params })
      }),
    )
  })
  it('keep a list as it was when it was given', () => {
    const ids = [1, 2]
    const query = select(o.id).where(o.id.in(ids))
    ids.push(3)
    expect(query.toSQL(dialect).params).toEqual([[1, 2]])
  })
  it('are frozen, with all that they are made of', () => {
    const frozen = (value: unknown, path: string): string[] => {
      if (typeof value !== 'object' || value === null) return []
      const prototype = Object.getPrototypeOf(value)
      if (/\.(element|value)$/.test(path)) return []
      if (prototype !== Object.prototype && prototype !== Array.prototype) return []
      return [
        ...(Object.isFrozen(value) ? [] : [path]),
        ...Object.entries(value).flatMap(([key, child]) => frozen(child, `${path}.${key}`)),
      ]
    }
    const cte = base()
      .orderBy(o.id.desc())
      .groupBy(o.id, func.groupingSets([o.id], []))
      .limit(1)
      .forUpdate({ of: [Order] })
      .window('w', { orderBy: o.id })
      .distinctOn(o.id)
      .cte('x')
      .unionAll((self) => select({ id: self.c.id, n: self.c.n }))
    const statements: Query<unknown>[] = [
      select(cte)
        .where(
          o.customer.has((x) => x.id.eq(1)),
          c.orders.any(),
        )
        .leftJoin(o.customer),
      insert(Customer)
        .values(cast({ email: 'a' }))
        .onConflictDoUpdate({ target: c.email, set: { region: 'x' }, where: c.region.eq('y') })
        .returning(c.id),
      insert(Customer).fromSelect(['id'], select(c.id)),
      update(Order).set({ note: 'x' }).from(Customer).where(o.id.eq(1)).returning(Order),
      deleteFrom(Order)
        .using(Customer)
        .where(and(o.id.eq(1), or(o.id.eq(2))), o.status.in(['a'])),
      select({
        a: func.percentileCont([0.1]).withinGroup(o.amount),
        b: func.rank(1).withinGroup(o.id),
        c: func.count().over({ orderBy: o.id, groups: [-1, 1], exclude: 'ties' }),
      }),
      sql`select ${1}, ${sql.identifier('a')}`.columns({ a: t.integer() }),
    ]
    expect(statements.flatMap((statement) => frozen(statement[queryNode], ''))).toEqual([])
  })
})
