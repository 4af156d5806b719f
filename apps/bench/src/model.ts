// The entities of the workloads: customers, their orders, and what is in them.
import {
  Column,
  Entity,
  type Generated,
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
  @Column(t.text()) email!: string
  @Column(t.text()) name!: string
  @Column(t.text()) region!: string
  @Column(t.timestamptz(), { default: sql`now()` }) createdAt!: Generated<Date>
  @OneToMany(() => Order, 'customer') orders!: Many<Order>
}

@Entity({ table: 'orders' })
export class Order {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @Column(t.text()) status!: string
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.timestamptz()) createdAt!: Date
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
  @OneToMany(() => OrderItem, 'order') items!: Many<OrderItem>
}

@Entity({ table: 'order_items' })
export class OrderItem {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) orderId!: number
  @Column(t.integer()) productId!: number
  @Column(t.integer()) qty!: number
  @Column(t.numeric(12, 2)) price!: Numeric
  @ManyToOne(() => Order, 'orderId') order!: One<Order>
}
