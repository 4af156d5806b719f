// The tables that the statements of these tests speak of, mapped by hand: the language needs no decorators.
import {
  type Attributes,
  attributesOf,
  type ClauseElement,
  Column,
  clauseElement,
  type EntityClass,
  type ExpressionNode,
  type ForeignKey,
  type Many,
  type One,
  type RelationshipElement,
  type SqlType,
  Table,
  types as t,
} from '../src/index.ts'
import { snakeCase } from '../src/schema/name.ts'

interface Mapping {
  readonly name: string
  readonly table: string
  readonly columns: { readonly [property: string]: SqlType<unknown> }
  readonly key: readonly string[]
  readonly uniques?: readonly (readonly string[])[]
  /** Property to class, in order: a foreign key to its primary key. */
  readonly references?: { readonly [property: string]: () => object }
  readonly relationships?: { readonly [name: string]: Relation }
  readonly computed?: { readonly [property: string]: ExpressionNode }
}

interface Relation {
  readonly target: () => object
  readonly isMany: boolean
  /** Pairs of properties: [of the owner, of the target]. */
  readonly pairs: readonly (readonly [string, string])[]
}

export function elementOf(value: object): ClauseElement {
  return Reflect.get(value, clauseElement)
}

/** Puts a mapping on a class. */
export function map(entityClass: object, mapping: Mapping): void {
  const { name, table, key, uniques = [], references = {}, relationships = {}, computed = {} } = mapping
  const columns = new Map(
    Object.entries(mapping.columns).map(([property, type]) => {
      const filled = computed[property]
      const options = { name: snakeCase(property), property, label: `${name}.${property}`, type }
      return [property, new Column(filled ? { ...options, computed: filled } : options)]
    }),
  )
  const named = (property: string): Column => {
    const column = columns.get(property)
    if (!column) throw new Error(`no column ${property}`)
    return column
  }
  const element: ClauseElement = {
    name,
    table: new Table({
      name: table,
      columns: [...columns.values()],
      primaryKey: { name: `${table}_pkey`, columns: key.map(named) },
      uniques: uniques.map((unique) => ({
        name: `${table}_${unique.map(snakeCase).join('_')}_key`,
        columns: unique.map(named),
      })),
      foreignKeys: Object.entries(references).map(
        ([property, target]): ForeignKey => ({
          name: `${table}_${snakeCase(property)}_fkey`,
          columns: [named(property)],
          target: () => elementOf(target()).table,
          targetColumns: () => elementOf(target()).table.primaryKey?.columns ?? [],
        }),
      ),
    }),
    columns,
    relationships: new Map(
      Object.entries(relationships).map(([property, relation]): [string, RelationshipElement] => [
        property,
        {
          name: property,
          isMany: relation.isMany,
          target: () => elementOf(relation.target()),
          pairs: () =>
            relation.pairs.map(([mine, theirs]) => {
              const other = elementOf(relation.target()).columns.get(theirs)
              if (!other) throw new Error(`no column ${theirs}`)
              return [named(mine), other]
            }),
        },
      ]),
    ),
    loadedColumns: [...columns.values()],
    instantiate: (values) => Object.fromEntries([...columns.keys()].map((property, i) => [property, values[i]])),
  }
  Object.defineProperty(entityClass, clauseElement, { value: element, configurable: true })
}

export class Customer {
  id!: number
  email!: string
  region!: string | null
  tags!: string[]
  createdAt!: Date
  orders!: Many<Order>
}

export class Order {
  id!: number
  customerId!: number
  amount!: number
  status!: string
  note!: string | null
  createdAt!: Date
  customer!: One<Customer>
}

export class Category {
  id!: number
  parentId!: number | null
  name!: string
  parent!: One<Category> | null
  children!: Many<Category>
}

/** Refers to Customer twice. */
export class Transfer {
  id!: number
  senderId!: number
  receiverId!: number
}

map(Customer, {
  name: 'Customer',
  table: 'customers',
  columns: {
    id: t.integer(),
    email: t.text(),
    region: t.text().nullable(),
    tags: t.text().array(),
    createdAt: t.timestamptz(),
  },
  key: ['id'],
  uniques: [['email']],
  relationships: { orders: { target: () => Order, isMany: true, pairs: [['id', 'customerId']] } },
})
map(Order, {
  name: 'Order',
  table: 'orders',
  columns: {
    id: t.integer(),
    customerId: t.integer(),
    amount: t.numeric(12, 2).asNumber(),
    status: t.text(),
    note: t.text().nullable(),
    createdAt: t.timestamptz(),
  },
  key: ['id'],
  uniques: [['customerId', 'createdAt']],
  references: { customerId: () => Customer },
  relationships: { customer: { target: () => Customer, isMany: false, pairs: [['customerId', 'id']] } },
})
map(Category, {
  name: 'Category',
  table: 'categories',
  columns: { id: t.integer(), parentId: t.integer().nullable(), name: t.text() },
  key: ['id'],
  references: { parentId: () => Category },
  relationships: {
    parent: { target: () => Category, isMany: false, pairs: [['parentId', 'id']] },
    children: { target: () => Category, isMany: true, pairs: [['id', 'parentId']] },
  },
})
map(Transfer, {
  name: 'Transfer',
  table: 'transfers',
  columns: { id: t.integer(), senderId: t.integer(), receiverId: t.integer() },
  key: ['id'],
  references: { senderId: () => Customer, receiverId: () => Customer },
})

const attributes = <E>(entityClass: EntityClass<E>): Attributes<E> => attributesOf<E>(elementOf(entityClass))
export const o = attributes(Order)
export const c = attributes(Customer)
export const cat = attributes(Category)
export const tr = attributes(Transfer)

/** What the server needs to hold before it takes the statements. */
export const shopSchema = `
  create table customers (id int primary key generated by default as identity, email text unique not null,
    region text, tags text[] not null default '{}', created_at timestamptz not null default now());
  create table orders (id int primary key generated by default as identity, customer_id int not null references customers,
    amount numeric(12, 2) not null default 0, status text not null default 'new', note text,
    created_at timestamptz not null default now(), unique (customer_id, created_at));
  create table categories (id int primary key, parent_id int references categories, name text not null);
  create table transfers (id int primary key, sender_id int not null references customers, receiver_id int not null references customers);
  create schema app;
  create table app."Audit Log" (id bigint, actor_id int);
`
