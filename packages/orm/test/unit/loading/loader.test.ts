// Loader options as data: what they refuse, where they disagree, how a plan prints.
import { describe, expect, it } from '@jest/globals'
import {
  containsEager,
  defer,
  joinedload,
  type LoadPlan,
  loadOnly,
  raiseload,
  selectinload,
  undefer,
  withCriteria,
} from '@oriel/orm'
import {
  ArgumentError,
  aliased,
  entity,
  func,
  type LoaderOption,
  type NodeOf,
  queryNode,
  select,
  unionAll,
} from '@oriel/sql'
import { planOptions } from '../../../src/loading/plan-options.ts'
import { Category, Country, Customer, Order, OrderLine, Product, shop } from '../../fixture/shop.ts'

shop.configure()
const c = entity(Customer)
const o = entity(Order)
const l = entity(OrderLine)
const p = entity(Product)

const planOf = (statement: { readonly [queryNode]: NodeOf<'select'> }): LoadPlan =>
  planOptions(statement[queryNode], (table) => shop.mappers.find((mapper) => mapper.table === table) ?? null)
const customers = (...options: LoaderOption<Customer>[]) => planOf(select(Customer).options(...options))
const thrown = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof ArgumentError) return error.message
    throw error
  }
  return 'nothing was thrown'
}

describe('a load plan', () => {
  it('prints the graph that it loads', () => {
    const plan = customers(
      loadOnly(c.email),
      selectinload(c.orders, (order) => ({ where: order.amount.gt('1'), orderBy: order.id, limit: 3, offset: 1 }))
        .selectinload(o.lines)
        .joinedload(l.product, { innerJoin: true }),
      joinedload(c.country),
      raiseload(c.profile),
    )
    expect(String(plan)).toBe(
      [
        'Customer (id, email, countryCode)',
        '  orders: selectinload, where, ordered, limit 3 per parent, offset 1 per parent → Order',
        '    lines: selectinload → OrderLine',
        '      product: joinedload, inner → Product',
        '  country: joinedload → Country',
        '  profile: raiseload → Profile',
      ].join('\n'),
    )
    expect([...plan.mappers].map(({ name }) => name)).toEqual(['Order', 'OrderLine', 'Product', 'Country'])
    expect(plan.hasJoinedCollection).toBe(false)
    expect(customers(joinedload(c.country), joinedload(c.orders)).hasJoinedCollection).toBe(true)
    expect(Object.isFrozen(plan)).toBe(true)
  })

  it('puts options that agree into one tree', () => {
    const both = customers(selectinload(c.orders).selectinload(o.lines), selectinload(c.orders).joinedload(o.customer))
    const behind = customers(selectinload(c.orders).options(selectinload(o.lines), joinedload(o.customer)))
    expect(String(both)).toBe(String(behind))
    expect(String(both).split('\n')).toHaveLength(4)
  })

  it('goes to the entity that its first relationship was read from', () => {
    const mother = aliased(Category, 'mother')
    const k = entity(Category)
    const both = select(Category, mother).join(mother, mother.id.eq(k.parentId))
    expect(planOf(both.options(selectinload(mother.children))).roots.map(({ item }) => item)).toEqual([1])
    expect(planOf(both.options(selectinload(k.children))).roots.map(({ item }) => item)).toEqual([0])
    const other = aliased(Category, 'other')
    expect(thrown(() => planOf(both.options(selectinload(other.children))))).toMatch(/selects Category several times/)
  })
})

describe('S145: options that disagree', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'two strategies for one relationship',
      () => customers(selectinload(c.orders), joinedload(c.orders)),
      /disagree about Customer\.orders: selectinload\(Customer\.orders\) and joinedload\(Customer\.orders\)/,
    ],
    [
      'an inner one against an outer one',
      () => customers(selectinload(c.orders).joinedload(o.lines), selectinload(c.orders).raiseload(o.lines)),
      /disagree about Order\.lines: selectinload\(Customer\.orders\)\.joinedload\(Order\.lines\) and selectinload\(Customer\.orders\)\.raiseload\(Order\.lines\)/,
    ],
    [
      'two filters',
      () =>
        customers(
          selectinload(c.orders, (order) => ({ where: order.id.eq(1) })),
          selectinload(c.orders),
        ),
      /disagree about Customer\.orders: .* \(with another filter or join\)/,
    ],
    [
      'two inner joins',
      () => customers(joinedload(c.country), joinedload(c.country, { innerJoin: true })),
      /with another filter or join/,
    ],
    [
      'two loadOnly',
      () => customers(loadOnly(c.email), loadOnly(c.createdAt)),
      /disagree about Customer: loadOnly\(Customer\.email\) and/,
    ],
    ['loadOnly and defer', () => customers(loadOnly(c.email), defer(c.email)), /disagree about Customer\.email/],
    [
      'defer and undefer',
      () => customers(undefer(c.email), defer(c.email)),
      /undefer\(Customer\.email\) and defer\(Customer\.email\)/,
    ],
  ])('%s', (_, work, message) => {
    expect(thrown(work)).toMatch(message)
  })
})

describe('loader options refuse', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'a column for a relationship',
      () => selectinload(c.email as never),
      /selectinload\(\) takes a relationship, got the column Customer\.email[\s\S]*Relationships of Customer: country, profile, orders/,
    ],
    ['nothing', () => joinedload(undefined as never), /joinedload\(\) takes a relationship, got undefined/],
    ['a misspelt relationship', () => selectinload(Reflect.get(c, 'ordres')), /Did you mean 'orders'/],
    [
      'a step that begins elsewhere',
      () => selectinload(c.orders).selectinload(p.tags as never),
      /selectinload\(Product\.tags\) stands behind Customer\.orders, which leads to Order/,
    ],
    [
      'a step of options() that begins elsewhere',
      () => selectinload(c.orders).options(selectinload(p.tags) as never),
      /leads to Order/,
    ],
    ['a filter that is no callback', () => selectinload(c.orders, {} as never), /is a callback on the target/],
    [
      'an unknown option of a filter',
      () => customers(selectinload(c.orders, () => ({ orderby: o.id }) as never)),
      /no option 'orderby'[\s\S]*Did you mean 'orderBy'/,
    ],
    [
      'an undefined one',
      () => customers(selectinload(c.orders, () => ({ where: undefined }) as never)),
      /where is undefined/,
    ],
    [
      'a limit that is no count',
      () => customers(selectinload(c.orders, () => ({ limit: -1 }))),
      /limit takes a whole number of at least 0, got -1/,
    ],
    [
      'a condition that is none',
      () => customers(selectinload(c.orders, () => ({ where: true as never }))),
      /where takes expressions, got boolean/,
    ],
    [
      'a limit on a reference',
      () => customers(selectinload(c.country, () => ({ limit: 1 }))),
      /Customer\.country leads to one object/,
    ],
    [
      'an unknown option of joinedload',
      () => joinedload(c.orders, { innerjoin: true } as never),
      /no option 'innerjoin'[\s\S]*Did you mean 'innerJoin'/,
    ],
    [
      'a filter of joinedload',
      () => joinedload(c.orders, (() => ({ limit: 1 })) as never),
      /joinedload\(\) takes options, got function[\s\S]*for selectinload\(\)/,
    ],
    [
      'a relationship for a column',
      () => loadOnly(c.orders as never),
      /loadOnly\(\) takes columns, got the relationship Customer\.orders/,
    ],
    [
      'columns of two entities',
      () => loadOnly(c.email, o.amount as never),
      /loadOnly\(Order\.amount\) stands where Customer is loaded/,
    ],
    [
      'columns of another level',
      () => selectinload(c.orders).loadOnly(c.email as never),
      /stands where Order is loaded/,
    ],
    ['an expression that is no column', () => defer(func.lower(c.email) as never), /defer\(\) takes columns/],
    ['the key', () => customers(defer(c.id)), /Customer\.id is part of the key/],
    [
      'what is not selected',
      () => customers(selectinload(p.tags) as never),
      /the statement selects no Product[\s\S]*It selects Customer/,
    ],
    [
      'a statement without entities',
      () => planOf(select(c.email).options(selectinload(c.orders) as never)),
      /selects no Customer/,
    ],
    ['what is no option', () => customers({} as never), /options\(\) takes loader options/],
    ['criteria that are none', () => withCriteria(Country, true as never), /is a callback on the entity/],
    [
      'criteria against withoutCriteria',
      () =>
        planOf(
          select(Country)
            .withoutCriteria()
            .options(withCriteria(Country, (k) => k.code.eq('de'))),
        ),
      /contradict each other/,
    ],
    ['a join that is no entity', () => containsEager(c.orders, {} as never), /reads a join with attributes/],
  ])('%s', (_, work, message) => {
    expect(thrown(work)).toMatch(message)
  })

  it('options of a part of a set operation', async () => {
    const { Loading } = await import('../../../src/loading/loading.ts')
    const part = select(Customer).options(selectinload(c.orders))
    const loading = Reflect.construct(Loading, [null])
    expect(thrown(() => loading.shape(unionAll(part, select(Customer))))).toMatch(/not to a part of a set operation/)
  })
})
