// The entities that the other programs speak of.
import {
  Column,
  Entity,
  entity,
  type Generated,
  Index,
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
  @OneToMany(() => Profile, 'customer') profiles!: Many<Profile>
  @ManyToOne(() => Profile, 'profileId') profile!: One<Profile> | null
  @Column(t.integer().nullable()) profileId!: number | null
}

@Entity({ table: 'orders' })
@Index<Order>((o) => [o.customerId, o.createdAt.desc()])
export class Order {
  static $ = entity(Order)
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer(), { references: () => Customer }) customerId!: number
  @Column(t.numeric(12, 2)) amount!: Numeric
  @Column(t.text<'new' | 'paid'>()) status!: 'new' | 'paid'
  @Column(t.timestamptz()) createdAt!: Date
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
  @OneToMany(() => OrderItem, 'order', { cascade: ['save-update', 'delete-orphan'] }) items!: Many<OrderItem>
  total(): number {
    return Number(this.amount)
  }
}

@Entity({ table: 'order_items' })
export class OrderItem {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) orderId!: number
  @Column(t.integer()) productId!: number
  @Column(t.integer()) qty!: number
  @ManyToOne(() => Order, 'orderId') order!: One<Order>
  @ManyToOne(() => Product, 'productId') product!: One<Product>
}

@Entity()
export class Product {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) name!: string
  @ManyToOne(() => Supplier, 'supplierId') supplier!: One<Supplier>
  @Column(t.integer()) supplierId!: number
}

@Entity()
export class Supplier {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) name!: string
}

@Entity()
export class Profile {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
  @Column(t.integer()) customerId!: number
}

@Entity()
export class Category {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer().nullable()) parentId!: number | null
  @Column(t.text()) name!: string
}

@Entity()
export class User {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) email!: string
  @Column(t.text<'active' | 'gone'>()) status!: 'active' | 'gone'
  @Column(t.timestamptz()) updatedAt!: Generated<Date>
}

@Entity()
export class TopOrder {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) customerId!: number
  @Column(t.numeric()) amount!: Numeric
  @Column(t.integer()) rank!: number
}
