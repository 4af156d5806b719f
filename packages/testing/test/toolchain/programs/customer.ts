import { Column, Entity, type Generated, type Many, OneToMany, PrimaryKey, types as t } from 'oriel'
import { Order } from './order.js'

@Entity({ table: 'customers' })
export class Customer {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text(), { unique: true }) email!: string
  @Column(t.text().nullable()) region!: string | null
  @OneToMany(() => Order, 'customer') orders!: Many<Order>
}
