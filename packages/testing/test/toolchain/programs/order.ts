import { Column, Entity, type Generated, Index, ManyToOne, type Numeric, type One, PrimaryKey, types as t } from 'oriel'
import { Customer } from './customer.js'

@Entity({ table: 'orders' })
@Index<Order>((o) => [o.customerId, o.placedAt.desc()])
export class Order {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer(), { references: () => Customer }) customerId!: number
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.text<'new' | 'paid'>()) status!: 'new' | 'paid'
  @Column(t.timestamptz()) placedAt!: Date
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
  total(): number {
    return Number(this.amount)
  }
}
