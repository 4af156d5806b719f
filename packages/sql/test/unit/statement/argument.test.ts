// What is refused at the door, wherever the door is: undefined, null where it has no meaning, wrong kinds, misspelt names.
import { describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  aliased,
  and,
  caseWhen,
  deleteFrom,
  entity,
  exists,
  func,
  insert,
  literal,
  not,
  or,
  select,
  sql,
  types as t,
  table,
  union,
  update,
} from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c, Order, o } from '../../shop.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a caller who casts types away can pass
const cast = (value: unknown): any => value
const nothing = cast(undefined)

/** The message of the ArgumentError that must be thrown. */
function refusal(build: () => unknown): string {
  try {
    const built = cast(build())
    if (typeof built?.compile === 'function') built.compile(dialect)
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError)
    return cast(error).message
  }
  throw new Error('nothing was refused')
}

describe('undefined', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['eq', () => o.id.eq(nothing), /Order\.id/],
    ['ne', () => o.id.ne(nothing), /Order\.id/],
    ['gt', () => o.id.gt(nothing), /Order\.id/],
    ['gte', () => o.id.gte(nothing), /Order\.id/],
    ['lt', () => o.id.lt(nothing), /Order\.id/],
    ['lte', () => o.id.lte(nothing), /Order\.id/],
    ['between, low', () => o.id.between(nothing, 1), /Order\.id/],
    ['between, high', () => o.id.between(1, nothing), /Order\.id/],
    ['in', () => o.id.in(nothing), /Order\.id/],
    ['in a list', () => o.id.in([1, nothing]), /Order\.id, element 2 of the list is undefined/],
    ['notIn a list', () => o.id.notIn([nothing]), /Order\.id, element 1 of the list/],
    ['isDistinctFrom', () => o.id.isDistinctFrom(nothing), /Order\.id/],
    ['add', () => o.amount.add(nothing), /Order\.amount/],
    ['add to a date', () => o.createdAt.add(nothing), /Order\.createdAt/],
    ['like', () => o.status.like(nothing), /Order\.status/],
    ['startsWith', () => o.status.startsWith(nothing), /Order\.status/],
    ['concat', () => o.status.concat(nothing), /Order\.status/],
    ['contains', () => c.tags.contains(nothing), /Customer\.tags/],
    ['operator', () => c.tags.operator('&&', nothing), /Customer\.tags/],
    ['as', () => o.id.as(nothing), /label/],
    ['cast', () => o.id.cast(nothing), /cast/],
    ['values', () => insert(Customer).values(cast({ email: undefined })), /Customer\.email/],
    ['values, a row', () => insert(Customer).values(cast([{ email: 'a' }, undefined])), /row 2/],
    ['values, all', () => insert(Customer).values(nothing), /undefined/],
    ['set', () => update(Order).set({ note: nothing }), /Order\.note/],
    ['set, all', () => update(Order).set(nothing), /undefined/],
    [
      'onConflictDoUpdate, set',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: { region: nothing } }),
      /Customer\.region/,
    ],
    [
      'onConflictDoUpdate, set of a callback',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: () => nothing }),
      /undefined/,
    ],
    [
      'onConflictDoUpdate, where',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: { region: 'x' }, where: nothing }),
      /where is undefined/,
    ],
    [
      'onConflictDoUpdate, target',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: nothing, set: { region: 'x' } }),
      /target is undefined/,
    ],
    ['fromSelect', () => insert(Order).fromSelect(['customerId'], nothing), /fromSelect/],
    ['fromSelect, columns', () => insert(Order).fromSelect(nothing, select(c.id)), /fromSelect/],
    ['limit', () => select(o.id).limit(nothing), /limit/],
    ['offset', () => select(o.id).offset(nothing), /offset/],
    ['where', () => select(o.id).where(nothing), /Condition 1 of where/],
    ['where, second', () => select(o.id).where(o.id.eq(1), nothing), /Condition 2 of where/],
    ['where of a callback', () => select(Order).where(() => nothing), /Condition 1 of where/],
    ['where of update', () => update(Order).set({ note: 'x' }).where(nothing), /Condition 1 of where/],
    ['where of delete', () => deleteFrom(Order).where(nothing), /Condition 1 of where/],
    ['having', () => select(o.id).having(nothing), /having/],
    ['qualify', () => select(o.id).qualify(nothing), /qualify/],
    ['and', () => and(o.id.eq(1), nothing), /Condition 2 of and/],
    ['or', () => or(nothing), /Condition 1 of or/],
    ['not', () => not(nothing), /not\(\)/],
    ['exists', () => exists(nothing), /exists/],
    ['has', () => o.customer.has(nothing), /Order\.customer/],
    ['has, of a callback', () => o.customer.has(() => nothing), /Order\.customer/],
    ['any', () => c.orders.any(nothing), /Customer\.orders/],
    ['any, of a callback', () => c.orders.any(() => nothing), /Customer\.orders/],
    ['is', () => o.customer.is(nothing), /Order\.customer/],
    ['is, without a key', () => o.customer.is(cast({})), /Customer\.id/],
    ['contains an object', () => c.orders.contains(nothing), /Customer\.orders/],
    ['join', () => select(o.id).join(nothing), /undefined/],
    ['join, condition', () => select(o.id).join(Customer, nothing), /condition of a join is undefined/],
    ['leftJoin, condition', () => select(o.id).leftJoin(Customer, nothing), /condition of a join is undefined/],
    ['from', () => select(o.id).from(nothing), /from/],
    ['using', () => deleteFrom(Order).using(nothing), /using/],
    ['select', () => select(nothing), /undefined/],
    ['select of an object', () => select({ id: nothing }), /'id'/],
    ['orderBy', () => select(o.id).orderBy(nothing), /orderBy/],
    ['groupBy', () => select(o.id).groupBy(nothing), /groupBy/],
    ['distinctOn', () => select(o.id).distinctOn(nothing), /distinctOn/],
    ['returning', () => deleteFrom(Order).returning(nothing), /undefined/],
    ['cte', () => select(o.id).cte(nothing), /needs a name/],
    ['union', () => union(select(o.id), nothing), /union/],
    ['sql', () => sql`select ${nothing}`, /Value 1 of a sql template/],
    ['sql.join', () => sql.join(nothing), /sql\.join/],
    ['sql.identifier', () => sql.identifier(nothing), /identifier/],
    ['literal', () => literal(nothing), /literal/],
    ['caseWhen, condition', () => caseWhen(nothing, 1), /CASE/],
    ['caseWhen, result', () => caseWhen(o.id.eq(1), nothing), /CASE/],
    ['else', () => caseWhen(o.id.eq(1), 1).else(nothing), /undefined/],
    ['func.sum', () => func.sum(nothing), /sum/],
    ['func.count', () => func.count(nothing), /count/],
    ['func.coalesce', () => func.coalesce(o.note, nothing), /Order\.note/],
    ['func.lag, offset', () => func.lag(o.id, nothing), /lag/],
    ['func.lag, fallback', () => func.lag(o.id, 1, nothing), /Order\.id/],
    ['func.call', () => func.call('f', nothing), /argument/],
    ['func.ntile', () => func.ntile(nothing), /ntile/],
    ['func.percentileCont', () => func.percentileCont(nothing), /percentileCont/],
    ['filter', () => func.count().filter(nothing), /filter/],
    ['over, partitionBy', () => func.count().over({ partitionBy: nothing }), /partitionBy is undefined/],
    ['over, rows', () => func.count().over({ orderBy: o.id, rows: nothing }), /rows is undefined/],
    ['window', () => select(o.id).window('w', nothing), /window/i],
    ['forUpdate, of', () => select(o.id).forUpdate({ of: nothing }), /of is undefined/],
    ['topN', () => select(o.id).topN(nothing, { per: o.id, orderBy: o.id }), /topN/],
    ['topN, per', () => select(o.id).topN(1, { per: nothing, orderBy: o.id }), /per is undefined/],
  ])('%s', (_, build, message) => expect(refusal(build)).toMatch(message))
})

describe('null where it would make everything null', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['gt', () => o.id.gt(cast(null)), /isNull/],
    ['lte', () => o.id.lte(cast(null)), /isNull/],
    ['between', () => o.id.between(cast(null), 1), /between\(\) was given null/],
    ['in', () => o.id.in(cast([1, null])), /cannot hold null[\s\S]*isNull/],
    ['notIn', () => o.id.notIn(cast([null])), /cannot hold null/],
    ['add', () => o.amount.add(cast(null)), /add\(\) was given null/],
    ['concat', () => o.status.concat(cast(null)), /concat\(\) was given null/],
    ['contains', () => c.tags.contains(cast(null)), /contains\(\) was given null/],
    ['like', () => o.status.like(cast(null)), /a pattern is a string/],
    ['is', () => o.customer.is(cast(null)), /got null/],
  ])('%s', (_, build, message) => expect(refusal(build)).toMatch(message))
})

describe('numbers that are none', () => {
  const wrong = ['1', '1; drop table orders', Number.NaN, -1, 1e30, 1.5, Number.POSITIVE_INFINITY, null, {}, 1n]
  it.each(wrong.map((value) => [String(value), value]))('limit(%s), offset, topN, ntile', (_, value) => {
    expect(refusal(() => select(o.id).limit(cast(value)))).toMatch(/limit\(\) takes a whole number/)
    expect(refusal(() => select(o.id).offset(cast(value)))).toMatch(/offset\(\) takes a whole number/)
    expect(refusal(() => union(select(o.id), select(o.id)).limit(cast(value)))).toMatch(/limit\(\)/)
    expect(refusal(() => select(o.id).topN(cast(value), { per: o.id, orderBy: o.id }))).toMatch(/topN/)
    expect(refusal(() => func.ntile(cast(value)))).toMatch(/ntile/)
  })
  it.each([['0.5; drop'], [1.1], [-0.1], [Number.NaN], ['0.5']])('percentileCont(%p)', (value) => {
    expect(refusal(() => func.percentileCont(cast(value)))).toMatch(/between 0 and 1/)
    expect(refusal(() => func.percentileDisc(cast(value)))).toMatch(/between 0 and 1/)
    expect(refusal(() => func.percentileCont(cast([0.5, value])))).toMatch(/between 0 and 1/)
  })
})

describe('text that is no SQL', () => {
  it.each<[string, () => unknown]>([
    ['sql as a function', () => cast(sql)('drop table orders')],
    ['sql with an array', () => cast(sql)(['drop table orders'])],
    ['a string as a condition', () => select(o.id).where(cast('1 = 1'))],
    ['a string as an order', () => select(o.id).orderBy(cast('id desc'))],
    ['a string as a key of a group', () => select(o.id).groupBy(cast('id'))],
    ['a string in a select list', () => select(cast('id'))],
    ['a string as a join condition', () => select(o.id).join(Customer, cast('true'))],
    ['a string as a source', () => select(o.id).from(cast('orders'))],
    ['an operator', () => c.tags.operator(cast('= any(x); --'), 'a')],
    ['the name of a function', () => func.call('now(); drop table orders; --')],
    ['the name of a function in a schema', () => func.call('a.b.c')],
    ['the separator of a join', () => sql.join([1, 2], cast('; drop table orders; '))],
    ['a boolean as a condition', () => select(o.id).where(cast(true))],
    ['a column as a condition', () => select(o.id).where(cast(o.id))],
    ['an object as a condition', () => select(o.id).where(cast({ id: 1 }))],
    ['a lock', () => select(o.id).forUpdate(cast({ skipLocked: 'locked; drop table orders' }))],
    ['arithmetic on a text', () => o.status.add(cast('1'))],
    ['a query as a value', () => update(Order).set({ customerId: cast(select(c.id)) })],
    ['a class as a value', () => update(Order).set({ customerId: cast(Customer) })],
    ['an ordering as a column', () => select(cast(o.id.desc()))],
    ['an ordering as a value', () => update(Order).set({ customerId: cast(o.id.desc()) })],
    ['a window call as an operand', () => o.id.eq(cast(func.rowNumber()))],
    ['an undecorated class', () => select(cast(class Loose {}))],
    ['a dialect', () => select(o.id).toSQL(cast('postgres'))],
  ])('%s is refused', (_, build) => expect(refusal(build)).toBeTruthy())
  it('a direction cannot be given, only called', () => {
    expect(Object.keys(o.id.desc())).toEqual(['node'])
    expect(select(o.id).orderBy(cast(o.id).desc('; drop table orders')).toSQL(dialect).text).toBe(
      'select id from orders order by id desc',
    )
    expect(select(o.id).orderBy(cast(o.id.desc()).nullsLast('; drop')).toSQL(dialect).text).toBe(
      'select id from orders order by id desc nulls last',
    )
  })
})

describe('a class that is none of ours', () => {
  it.each<[string, () => unknown, string]>([
    ['of the language', () => cast(entity(cast(Date))).id, 'got the function or class Date.\n  Is Date decorated'],
    [
      'of the user',
      () => cast(entity(cast(class Plain {}))).id,
      'got the function or class Plain.\n  Is Plain decorated',
    ],
    ['behind a function', () => cast(entity(cast(() => class Late {}))).id, 'got the function or class Late.'],
  ])('%s is named', (_, read, message) => {
    expect(read).toThrow(ArgumentError)
    expect(read).toThrow(`entity() takes an entity class, ${message}`)
  })
})

describe('did you mean', () => {
  const ranked = select({ customerId: o.customerId, total: o.amount }).cte('ranked')
  const log = table('log', { actorId: t.integer() })
  it.each<[string, () => unknown, string]>([
    ['an attribute', () => cast(o).statsu, 'status'],
    ['an attribute of entity()', () => cast(entity(Order)).custmerId, 'customerId'],
    ['an attribute of an alias', () => cast(aliased(Order, 'x')).amuont, 'amount'],
    ['an attribute in a callback', () => select(Order).where((x) => cast(x).statsu.eq('a')), 'status'],
    ['an attribute in has()', () => o.customer.has((x) => cast(x).emial.eq('a')), 'email'],
    ['an attribute in any()', () => c.orders.any((x) => cast(x).statu.eq('a')), 'status'],
    ['a relationship', () => cast(o).custmer, 'customer'],
    ['a column of a CTE', () => cast(ranked.c).totl, 'total'],
    ['a column of table()', () => cast(log).actrId, 'actorId'],
    ['values', () => insert(Order).values(cast({ statsu: 'a' })), 'status'],
    ['set', () => update(Order).set(cast({ statsu: 'a' })), 'status'],
    [
      'set of an upsert',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: cast({ regoin: 'a' }) }),
      'region',
    ],
    [
      'excluded',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate({ target: c.email, set: ({ excluded }) => ({ region: cast(excluded).regoin }) }),
      'region',
    ],
    [
      'options of an upsert',
      () =>
        insert(Customer)
          .values(cast({ email: 'a' }))
          .onConflictDoUpdate(cast({ target: c.email, set: { region: 'x' }, were: o.id.eq(1) })),
      'where',
    ],
    ['fromSelect', () => insert(Order).fromSelect(cast(['custmerId']), select(c.id)), 'customerId'],
    [
      'orderBy of a set operation',
      () => union(select({ total: o.id }), select({ total: c.id })).orderBy(cast('totla')),
      'total',
    ],
    ['a window', () => func.count().over(cast({ orderby: o.id })), 'orderBy'],
    ['a window by name', () => select(o.id).window('w', cast({ partionBy: o.id })), 'partitionBy'],
    ['a lock', () => select(o.id).forUpdate(cast({ skiplocked: true })), 'skipLocked'],
    ['topN', () => select(o.id).topN(1, cast({ pre: o.id, orderBy: o.id })), 'per'],
    ['allow', () => select(o.id).allow(cast('limit-without-ordr')), 'limit-without-order'],
    ['options of table()', () => table('x', { id: t.integer() }, cast({ schem: 'a' })), 'schema'],
    ['the key of table()', () => table('x', { id: t.integer() }, { primaryKey: ['ib'] }), 'id'],
    ['an entity over a CTE', () => select(cast(aliased(Order, ranked))), 'customerId'],
  ])('%s', (_, build, wanted) => {
    const message = refusal(build)
    expect(message).toContain(wanted)
    if (_ !== 'an entity over a CTE') expect(message).toMatch(new RegExp(`Did you mean '${wanted}'`))
  })
  it('a relationship where a column is meant says so', () => {
    expect(refusal(() => insert(Order).values(cast({ customer: {} })))).toContain('Order.customer is a relationship')
    expect(refusal(() => select(cast(o.customer)))).toContain('Order.customer is a relationship')
  })
})
