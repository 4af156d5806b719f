// The common mistakes: each must fail, with a message that a user can act on.
import {
  Column,
  type Connection,
  entity,
  func,
  insert,
  type Many,
  ManyToOne,
  type One,
  OneToMany,
  select,
  types as t,
  union,
  update,
} from 'oriel'
import { Customer, Order, Product, User } from './model.ts'

declare const connection: Connection
const o = entity(Order)
const c = entity(Customer)
const u = entity(User)
const w = { partitionBy: o.customerId, orderBy: o.createdAt }

// Guards: where an expression may stand.
// error: no window or aggregate here: wrap it in a CTE or subquery and filter outside
select(o.id).where(func.rowNumber().over({ orderBy: o.id }).lte(3))
// error: no window or aggregate here: wrap it in a CTE or subquery and filter outside
select(o.id).where(func.sum(o.amount).gt('3'))
// error: '"window"' is not assignable
func.sum(func.rowNumber().over(w)).over(w)
// error: this function takes no frame
func.ntile(4).over({ ...w, rows: [null, 0] })
// error: window function without .over()
select({ id: o.id, n: func.rowNumber() })
// error: aggregate inside an aggregate: add .over(), or aggregate a subquery
select({ id: func.sum(func.sum(o.amount)) })
// error: no window or aggregate here: wrap it in a CTE or subquery and filter outside
select(Order).where(() => func.rank().over(w).eq(1))

// Decorators: property and column disagree.
class Wrong {
  // error: the property is string, the column gives number
  @Column(t.integer()) name!: string
  // error: the column is nullable: add `| null` to the property, or drop .nullable()
  @Column(t.text().nullable()) region!: string
  // error: the property may be null: add .nullable() to the column, or drop `| null`
  @Column(t.text()) note!: string | null
  // error: the property is narrower than the column
  @Column(t.text()) status!: 'new' | 'paid'
  // error: an optional property is not mapped: write `| null` instead of `?`
  @Column(t.text().nullable()) maybe?: string | null
  // error: the relationship is to another entity
  @ManyToOne(() => Product, 'key') customer!: One<Customer>
  // error: the entity has no property nope to hold the key
  @ManyToOne(() => Customer, 'nope') customer2!: One<Customer>
  // error: Argument of type '"custmer"' is not assignable to parameter of type '"customer" | "items"'
  @OneToMany(() => Order, 'custmer') orders!: Many<Order>
  @Column(t.integer()) key!: number
}

// Names.
// error: Property 'nope' does not exist
o.nope
// error: 'nope' does not exist in type
update(Order).set({ nope: 1 })
insert(User)
  .values([])
  // error: not a column of the entity
  .onConflictDoUpdate({ target: u.email, set: ({ excluded }) => ({ nope: excluded.status }) })

// Values.
// error: Argument of type '"one"' is not assignable to parameter of type
o.id.eq('one')
// error: Argument of type '"lost"' is not assignable to parameter of type
o.status.eq('lost')
// error: '"lost"' is not assignable to type
insert(Order).values({ customerId: 1, amount: '1', createdAt: new Date(), status: 'lost' })
// error: Argument of type 'number' is not assignable to parameter of type
// error: Interval
o.createdAt.add(1)
// error: is missing the following properties from type
insert(Order).values({ customerId: 1, amount: '1' })
// error: is missing the following properties from type
insert(Order).values([{ customerId: 1, amount: '1' }])
// error: Argument of type '"lost"' is not assignable to parameter of type
select(Order).where((x) => x.status.eq('lost'))

// Conditions.
// error: is not assignable to type 'boolean | null'
select(o.id).where(o.amount)
// error: Argument of type 'boolean' is not assignable
select(o.id).where(o.id === 1)
// error: Argument of type 'Expression<string
o.id.eq(c.email)
// error: Type 'string' is not assignable to type 'number'
union(select({ x: o.id }), select({ x: c.email }))
// error: The 'this' context of type
o.id.like('1%')
// error: is not assignable to type 'boolean | null'
select(Order).where((x) => x.amount)
// error: no entity is selected here: use entity()
select({ id: o.id }).where((x) => x.id.eq(1))

// Rows.
export async function rows(): Promise<unknown> {
  const joined = await connection.execute(select({ who: c.email }).leftJoin(c, c.id.eq(o.customerId))).one()
  // error: Type 'string | null' is not assignable to type 'string'
  const who: string = joined.who
  const summed = await connection.execute(select({ s: func.sum(o.amount) })).one()
  // error: null' is not assignable to type 'string'
  const s: string = summed.s
  return [who, s, Wrong]
}

// What cannot be selected.
// error: Type 'number' is not assignable to type 'Selectable'
select({ x: 1 })
// error: is not assignable to parameter of type 'Selectable'
select(o.id, o.customer)

// What an operator, or a function by name, is given stands where it stands.
// error: no window or aggregate here
select(c.id).where(c.email.operator('&&', func.arrayAgg(c.email)))
// error: is not assignable to parameter of type
func.call<boolean>('bool', func.rowNumber().over({ orderBy: c.id }))
// error: no window or aggregate here
select(c.id).where(func.call<boolean, 'window'>('bool', func.rowNumber().over({ orderBy: c.id })))
// error: is not assignable to type 'boolean | null'
select(o.id).where(o.id.operator('%', 2))
// error: a boolean has no min or max
func.min(o.id.eq(1))
// error: a boolean has no min or max
func.max(c.region.eq('EU'))
// error: Property 'withinGroup' does not exist
func.denseRank().withinGroup(o.id)
// error: Expected 2 arguments, but got 3
func.coalesce(c.region, null, 'none')
