// What is measured: the inputs, which every peer gets alike, and the sums by which results are compared.

export interface OrderLike {
  readonly id: number
  readonly customerId: number
  readonly status: string
  readonly amount: string
  readonly createdAt: Date
}
export interface ItemLike {
  readonly id: number
  readonly productId: number
  readonly qty: number
  readonly price: string
}
export interface GraphLike {
  readonly id: number
  readonly email: string
  readonly orders: readonly (OrderLike & { readonly items: readonly ItemLike[] })[]
}

export interface NewOrder {
  readonly customerId: number
  readonly status: string
  readonly amount: string
  readonly createdAt: Date
}
export interface NewCustomer {
  readonly email: string
  readonly name: string
  readonly region: string
  readonly createdAt: Date
  readonly orders: readonly {
    readonly status: string
    readonly amount: string
    readonly createdAt: Date
    readonly items: readonly { readonly productId: number; readonly qty: number; readonly price: string }[]
  }[]
}

/** One way to do all workloads. */
export interface Peer {
  readonly name: string
  /** Reads orders by their keys, one after the other; an object mapper in one session, as a request would. */
  readByKeys(ids: readonly number[]): Promise<readonly OrderLike[]>
  /** The first 50,000 orders. */
  readOrders(): Promise<readonly OrderLike[]>
  /** The first 1,000 customers with their orders and their items: one query per level. */
  readGraph(): Promise<readonly GraphLike[]>
  /** Stores new orders and gives back their keys. */
  insertOrders(rows: readonly NewOrder[]): Promise<readonly number[]>
  /** Loads 10,000 orders, changes the amount of each, and saves. */
  updateOrders(amountOf: (id: number) => string): Promise<number>
  /** Stores new customers with their orders and items. */
  insertGraph(customers: readonly NewCustomer[]): Promise<readonly number[]>
  close(): Promise<void>
}

const cents = (amount: string): number => Math.round(Number(amount) * 100)
const orderSum = (order: OrderLike): number =>
  order.id +
  order.customerId +
  order.status.length +
  cents(order.amount) +
  ((order.createdAt.getTime() / 1000) % 100_000)

export interface Workload {
  readonly name: string
  readonly what: string
  readonly writes: boolean
  /** Runs it, and gives a sum of what came back. The input is made before the clock starts. */
  prepare(): (peer: Peer) => Promise<string>
}

const reads = 5_000
const start = Date.UTC(2026, 0, 1)

const newOrders = (): NewOrder[] =>
  Array.from({ length: 10_000 }, (_, i) => ({
    customerId: 1 + (i % 10_000),
    status: `new${i % 4}`,
    amount: (((i * 37) % 90_000) / 100).toFixed(2),
    createdAt: new Date(start + i * 1000),
  }))

const newCustomers = (): NewCustomer[] =>
  Array.from({ length: 1_000 }, (_, c) => ({
    email: `new${c}@example.com`,
    name: `New ${c}`,
    region: 'eu',
    createdAt: new Date(start + c),
    orders: Array.from({ length: 5 }, (_, o) => ({
      status: 'new',
      amount: (((c * 5 + o) % 5_000) / 100).toFixed(2),
      createdAt: new Date(start + o),
      items: Array.from({ length: 3 }, (_, k) => ({
        productId: 1 + ((c * 15 + o * 3 + k) % 5_000),
        qty: 1 + k,
        price: (((c + k) % 700) / 100).toFixed(2),
      })),
    })),
  }))

const distinct = (keys: readonly number[]): string => `${new Set(keys).size} keys`

export const workloads: readonly Workload[] = [
  {
    name: 'R1seq',
    what: `${reads} reads by key, one after the other`,
    writes: false,
    prepare: () => {
      const ids = Array.from({ length: reads }, (_, i) => 1 + ((i * 7919) % 100_000))
      return async (peer) => String((await peer.readByKeys(ids)).reduce((sum, order) => sum + orderSum(order), 0))
    },
  },
  {
    name: 'R2',
    what: '50,000 orders',
    writes: false,
    prepare: () => async (peer) => {
      const orders = await peer.readOrders()
      return `${orders.length} ${orders.reduce((sum, order) => sum + orderSum(order), 0)}`
    },
  },
  {
    name: 'R3',
    what: '1,000 customers, 10,000 orders, 30,000 items',
    writes: false,
    prepare: () => async (peer) => {
      let sum = 0
      for (const customer of await peer.readGraph()) {
        sum += customer.id + customer.email.length
        for (const order of customer.orders) {
          sum += orderSum(order)
          for (const item of order.items) sum += item.id + item.productId + item.qty + cents(item.price)
        }
      }
      return String(sum)
    },
  },
  {
    name: 'W1',
    what: 'insert 10,000 new orders, keys back',
    writes: true,
    prepare: () => {
      const rows = newOrders()
      return async (peer) => distinct(await peer.insertOrders(rows))
    },
  },
  {
    name: 'W2',
    what: 'load 10,000 orders, change one field each, save',
    writes: true,
    prepare: () => async (peer) =>
      String(await peer.updateOrders((id) => (((id * 71) % 80_000) / 100 + 1000).toFixed(2))),
  },
  {
    name: 'W3',
    what: 'insert 1,000 customers × 5 orders × 3 items',
    writes: true,
    prepare: () => {
      const customers = newCustomers()
      return async (peer) => distinct(await peer.insertGraph(customers))
    },
  },
]
