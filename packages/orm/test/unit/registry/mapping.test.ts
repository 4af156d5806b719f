// What the fixture model becomes: tables, keys, constraints and relationships, as facts.
import { describe, expect, it } from '@jest/globals'
import { Column, Entity, Index, mapperOf, PrimaryKey, Registry, Unique } from '@oriel/orm'
import { clauseElement, func, type Table, types as t } from '@oriel/sql'
import {
  Category,
  Country,
  Customer,
  Offer,
  Order,
  OrderLine,
  Parcel,
  Player,
  Product,
  Profile,
  shop,
  Tag,
  Team,
} from '../../fixture/shop.ts'

function tableOf(name: string): Table {
  const table = shop.tables.find((candidate) => candidate.name === name)
  if (!table) throw new Error(`no table ${name}`)
  return table
}

function keysOf({ foreignKeys }: Table): string[] {
  return foreignKeys.map(
    ({ name, columns, target, targetColumns }) =>
      `${name}: ${columns.map((c) => c.name)} -> ${target().name} ${targetColumns().map((c) => c.name)}`,
  )
}

describe('tables', () => {
  it('are called in snake_case where the class does not say, and never pluralised', () => {
    expect(mapperOf(Parcel).table.name).toBe('parcel')
    expect(mapperOf(Parcel).table.columns.map(({ name }) => name)).toEqual(['id', 'order_id', 'line_number'])
  })

  it('inherit the columns of an abstract base, before their own', () => {
    expect([...mapperOf(Order).properties.keys()]).toEqual(['createdAt', 'id', 'customerId', 'amount', 'status'])
  })

  it('have identity, uuid, natural and composite keys', () => {
    const key = (entityClass: Parameters<typeof mapperOf>[0]) =>
      mapperOf(entityClass).keyProperties.map(({ name, column }) => `${name} ${column.generated ?? 'given'}`)
    expect(key(Order)).toEqual(['id identity'])
    expect(key(Customer)).toEqual(['id uuid'])
    expect(key(Country)).toEqual(['code given'])
    expect(key(OrderLine)).toEqual(['orderId given', 'line given'])
    expect(tableOf('order_lines').primaryKey?.name).toBe('order_lines_pkey')
  })

  it("name constraints as PostgreSQL does, and one foreign key for a column's reference and relationship", () => {
    expect(tableOf('customers').uniques.map(({ name }) => name)).toEqual(['customers_email_key'])
    expect(tableOf('orders').indexes.map(({ name }) => name)).toEqual(['orders_customer_id_created_at_idx'])
    expect(tableOf('orders').checks.map(({ name }) => name)).toEqual(['orders_amount_check'])
    expect(tableOf('offers').uniques.map(({ name }) => name)).toEqual(['offers_sku_country_code_key'])
    expect(keysOf(tableOf('orders'))).toEqual(['orders_customer_id_fkey: customer_id -> customers id'])
    expect(keysOf(tableOf('players'))).toEqual(['players_team_id_fkey: team_id -> teams id'])
    expect(keysOf(tableOf('parcel'))).toEqual([
      'parcel_order_id_line_number_fkey: order_id,line_number -> order_lines order_id,line',
    ])
  })

  it('make no second unique constraint for a one-to-one over the primary key', () => {
    expect(tableOf('profiles').uniques).toEqual([])
  })

  it('of many-to-many relationships have both keys as their own key', () => {
    const table = tableOf('product_tags')
    expect(table.primaryKey?.columns.map(({ name }) => name)).toEqual(['product_sku', 'tag_id'])
    expect(keysOf(table)).toEqual([
      'product_tags_product_sku_fkey: product_sku -> products sku',
      'product_tags_tag_id_fkey: tag_id -> tags id',
    ])
    expect(tableOf('rivals').columns.map(({ name }) => name)).toEqual(['player_id', 'rivals_id'])
  })
})

describe('relationships', () => {
  const relationship = (entityClass: Parameters<typeof mapperOf>[0], name: string) => {
    const found = mapperOf(entityClass).relationships.get(name)
    if (!found) throw new Error(`no relationship ${name}`)
    return found
  }
  const pairs = (list: readonly (readonly [{ name: string }, { name: string }])[]) =>
    list.map(([a, b]) => `${a.name}=${b.name}`)

  it('know their columns and their other side', () => {
    const line = relationship(Parcel, 'line')
    expect(line.holdsKey).toBe(true)
    expect(line.keyProperties).toEqual(['orderId', 'lineNumber'])
    expect(pairs(line.pairs)).toEqual(['order_id=order_id', 'line_number=line'])
    expect(line.target()).toBe(mapperOf(OrderLine))
    expect(line.inverse()).toBe(relationship(OrderLine, 'parcels'))
    expect(pairs(relationship(OrderLine, 'parcels').pairs)).toEqual(['order_id=order_id', 'line=line_number'])
    expect(relationship(Customer, 'profile').inverse()).toBe(relationship(Profile, 'customer'))
    expect(relationship(Profile, 'customer').inverse()).toBe(relationship(Customer, 'profile'))
    expect(relationship(Offer, 'product').inverse()).toBe(relationship(Product, 'offers'))
    expect(relationship(Team, 'leader').inverse()).toBeNull()
    expect(relationship(Category, 'parent').target()).toBe(mapperOf(Category))
    expect(relationship(Category, 'parent').inverse()).toBe(relationship(Category, 'children'))
  })

  it('know their cascades and their order', () => {
    expect([...relationship(Order, 'lines').cascades]).toEqual(['save-update', 'delete-orphan'])
    expect(relationship(Order, 'lines').orderBy).toBe('line')
    expect([...relationship(Order, 'customer').cascades]).toEqual(['save-update', 'merge'])
  })

  it('go over one association table from both sides', () => {
    const [tags, products] = [relationship(Product, 'tags'), relationship(Tag, 'products')]
    expect(tags.association?.table).toBe(products.association?.table)
    expect(pairs(tags.association?.toOwner ?? [])).toEqual(['product_sku=sku'])
    expect(pairs(tags.association?.toTarget ?? [])).toEqual(['tag_id=id'])
    expect(pairs(products.association?.toOwner ?? [])).toEqual(['tag_id=id'])
    expect(tags.inverse()).toBe(products)
    expect(products.inverse()).toBe(tags)
    expect(relationship(Player, 'rivals').inverse()).toBeNull()
  })

  it('go over an entity that is mapped to the association table', () => {
    const { association } = relationship(Product, 'countries')
    expect(association?.mapper?.()).toBe(mapperOf(Offer))
    expect(pairs(association?.toOwner ?? [])).toEqual(['sku=sku'])
    expect(pairs(association?.toTarget ?? [])).toEqual(['country_code=code'])
  })
})

describe('the clause element of a class', () => {
  it('is what the language asks for, and leaves deferred columns out', () => {
    const element = Reflect.get(Profile, clauseElement)
    expect(element).toBe(mapperOf(Profile).element)
    expect(mapperOf(Profile).element.loadedColumns.map(({ name }) => name)).toEqual(['customer_id'])
    expect(Object.keys(Profile)).toEqual([])
  })

  it('is refused for a subclass without @Entity', () => {
    class Special extends Country {}
    expect(() => Reflect.get(Special, clauseElement)).toThrow(
      'Special extends Country, but has no @Entity of its own. Use Country in its place',
    )
  })
})

describe('names', () => {
  it('follow the strategy of the registry, schema included', () => {
    @Entity()
    class Invoice {
      @PrimaryKey(t.integer()) invoiceId!: number
      @Column(t.text(), { unique: true, name: 'ref' }) reference!: string
    }
    const registry = new Registry({
      entities: [Invoice],
      schema: 'billing',
      namingStrategy: { table: (name) => `t_${name}`, unique: (table, columns) => `u_${table}_${columns.join('_')}` },
    })
    const { table } = registry.mapperOf(Invoice)
    expect(table.qualifiedName).toBe('billing.t_Invoice')
    expect(table.columns.map(({ name }) => name)).toEqual(['invoice_id', 'ref'])
    expect(table.uniques.map(({ name }) => name)).toEqual(['u_t_Invoice_ref'])
  })

  it('are cut with a hash where they are too long, and numbered where they are taken', () => {
    const long = 'a_column_whose_name_is_as_long_as_fifty_characters'
    @Entity({ table: 'measurements_of_something' })
    @Index<Long>((l) => [l.first])
    @Index<Long>((l) => [l.first.desc()])
    @Index<Long>((l) => [func.lower(l.text)])
    @Unique<Long>((l) => [func.lower(l.text)])
    class Long {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer(), { name: `${long}_1`, unique: true }) first!: number
      @Column(t.integer(), { name: `${long}_2`, unique: true }) second!: number
      @Column(t.text()) text!: string
    }
    const { uniques, indexes } = new Registry({ entities: [Long] }).mapperOf(Long).table
    const names = [...uniques, ...indexes].map(({ name }) => name)
    expect(new Set(names).size).toBe(6)
    expect(names.every((name) => Buffer.byteLength(name) <= 63)).toBe(true)
    expect(names.filter((name) => name.includes('lower'))).toEqual([
      'measurements_of_something_lower_idx',
      'measurements_of_something_lower_idx1',
    ])
    expect(indexes.filter(({ isUnique }) => isUnique)).toHaveLength(1)
  })
})

describe('the registry', () => {
  it('takes classes that are decorated after it was configured', () => {
    const registry = new Registry()
    @Entity({ registry })
    class Early {
      @PrimaryKey(t.integer()) id!: number
    }
    const mapper = registry.mapperOf(Early)
    @Entity({ registry })
    class Late {
      @PrimaryKey(t.integer()) id!: number
    }
    expect(registry.mapperOf(Late).name).toBe('Late')
    expect(registry.mapperOf(Early)).toBe(mapper)
    expect(registry.mappers.map(({ name }) => name)).toEqual(['Early', 'Late'])
  })

  it('gives frozen facts', () => {
    const mapper = mapperOf(Order)
    expect(Object.isFrozen(mapper)).toBe(true)
    expect(Object.isFrozen(mapper.table)).toBe(true)
    expect(Object.isFrozen(mapper.table.foreignKeys)).toBe(true)
    expect(Object.isFrozen(mapper.relationships.get('customer'))).toBe(true)
  })
})
