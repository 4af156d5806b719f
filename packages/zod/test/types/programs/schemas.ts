// What is inferred from an entity: insert with optional columns, update with nothing required, select with all of it.
import { insertSchema, selectSchema, updateSchema } from '@oriel/zod'
import {
  Column,
  type Computed,
  create,
  Entity,
  type Generated,
  insert,
  type Many,
  ManyToOne,
  type Numeric,
  type One,
  OneToMany,
  PrimaryKey,
  types as t,
} from 'oriel'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function is<Wanted>(): <Got>(
  value: Got,
  ...same: Same<Got, Wanted> extends true ? [] : ['is not', Wanted]
) => void

const mark = z.object({ room: z.string() })

@Entity({ table: 'customers' })
class Customer {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @OneToMany(() => Order, 'customer') orders!: Many<Order>
}

@Entity({ table: 'orders' })
class Order {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.text<'new' | 'paid'>()) status!: 'new' | 'paid'
  @Column(t.timestamptz()) createdAt!: Date
  @Column(t.bigint().nullable()) views!: bigint | null
  @Column(t.jsonb(mark)) mark!: z.infer<typeof mark>
  @Column(t.numeric(12, 2), { computed: null as never }) tax!: Computed<Numeric>
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
  total(): number {
    return Number(this.amount)
  }
}

declare const body: unknown

export function inserts(): void {
  const order = insertSchema(Order).parse(body)
  is<{
    customerId: number
    amount: Numeric
    status: 'new' | 'paid'
    createdAt: Date
    mark: { room: string }
    id?: number | undefined
    views?: bigint | null | undefined
  }>()(order)
  create(Order, order)
  insert(Order).values(order)
  const given: z.input<ReturnType<typeof insertSchema<Order>>> = {
    ...{ customerId: 1, amount: 3, status: 'new', createdAt: '2024-01-01T00:00:00Z', mark: { room: 'A' }, views: 3 },
  }
  console.log(given)
  // error: Property 'tax' does not exist
  order.tax
  // error: Property 'customer' does not exist
  order.customer
  // error: Property 'total' does not exist
  order.total
  // error: Type 'number | undefined' is not assignable to type 'number'
  const id: number = order.id
  // error: is not assignable to type 'number'
  const views: number = order.views
  console.log(id, views)
}

export function updates(): void {
  const change = updateSchema(Order).parse(body)
  is<{
    id?: number | undefined
    customerId?: number | undefined
    amount?: Numeric | undefined
    status?: 'new' | 'paid' | undefined
    createdAt?: Date | undefined
    views?: bigint | null | undefined
    mark?: { room: string } | undefined
  }>()(change)
  // error: Property 'tax' does not exist
  change.tax
}

export function selects(): void {
  const order = selectSchema(Order).parse(body)
  is<{
    id: number
    customerId: number
    amount: Numeric
    status: 'new' | 'paid'
    createdAt: Date
    views: bigint | null
    mark: { room: string }
    tax: Numeric
  }>()(order)
  // error: Property 'customer' does not exist
  order.customer
  const given = selectSchema(Order)
  // error: is not assignable to type
  const amount: z.input<typeof given>['amount'] = 3
  console.log(amount)
}

export function shapes(): void {
  const status = insertSchema(Order).pick({ status: true }).extend({ reason: z.string() }).parse(body)
  is<{ status: 'new' | 'paid'; reason: string }>()(status)
  // error: 'stauts' does not exist in type
  insertSchema(Order).pick({ stauts: true })
}
