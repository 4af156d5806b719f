// The customers and orders that the pages speak of, in an embedded database.
import { pglite } from '@oriel/pglite'
import {
  Column,
  createAll,
  createEngine,
  Entity,
  type Generated,
  Index,
  insert,
  type Many,
  ManyToOne,
  type Numeric,
  type One,
  OneToMany,
  PrimaryKey,
  sql,
  types as t,
} from 'oriel'

@Entity({ table: 'customers' })
export class Customer {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text(), { unique: true }) email!: string
  @Column(t.text().nullable()) region!: string | null
  @Column(t.timestamptz(), { default: sql`now()` }) createdAt!: Generated<Date>
  @OneToMany(() => Order, 'customer') orders!: Many<Order>
}

@Entity({ table: 'orders' })
@Index<Order>((o) => [o.customerId, o.createdAt.desc()])
export class Order {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.text<'new' | 'paid'>()) status!: 'new' | 'paid'
  @Column(t.timestamptz()) createdAt!: Date
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
}

@Entity({ table: 'categories' })
export class Category {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer().nullable()) parentId!: number | null
  @Column(t.text()) name!: string
  @ManyToOne(() => Category, 'parentId') parent!: One<Category, 'parentId'> | null
}

export const engine = createEngine(pglite())

await createAll(engine)
await engine.execute(
  insert(Customer).values([
    { email: 'ann@example.org', region: 'EU' },
    { email: 'bob@example.org', region: 'US' },
    { email: 'eve@example.org', region: null },
  ]),
)
await engine.execute(
  insert(Order).values([
    { customerId: 1, amount: '10.50', status: 'paid', createdAt: new Date('2024-01-01T09:00:00Z') },
    { customerId: 1, amount: '2.25', status: 'new', createdAt: new Date('2024-01-02T09:00:00Z') },
    { customerId: 2, amount: '7.00', status: 'paid', createdAt: new Date('2024-01-03T09:00:00Z') },
    { customerId: 1, amount: '40.00', status: 'paid', createdAt: new Date('2024-01-04T09:00:00Z') },
    { customerId: 2, amount: '7.00', status: 'new', createdAt: new Date('2024-01-05T09:00:00Z') },
  ]),
)
await engine.execute(
  insert(Category).values([
    { id: 1, parentId: null, name: 'tools' },
    { id: 2, parentId: 1, name: 'saws' },
    { id: 3, parentId: 2, name: 'hand saws' },
  ]),
)
