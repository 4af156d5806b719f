// Does a flush take time in proportion to its objects? Ever more of them are stored, changed and deleted; the time for each is shown.
import { performance } from 'node:perf_hooks'
import { postgresJs } from '@oriel/postgres-js'
import { createEngine, type SessionFactory, sessionFactory } from 'oriel'
import { Order } from './model.ts'

const sizes = [12_500, 25_000, 50_000, 100_000]
const start = Date.UTC(2026, 0, 1)

interface Line {
  readonly size: number
  /** Microseconds for each object. */
  readonly insert: number
  readonly update: number
  readonly delete: number
}

async function once(sessions: SessionFactory, size: number): Promise<Line> {
  await using session = sessions.open()
  const orders = Array.from({ length: size }, (_, i) =>
    Object.assign(new Order(), {
      customerId: 1 + (i % 10_000),
      status: 'new',
      amount: `${i % 1000}.50`,
      createdAt: new Date(start + i * 1000),
    }),
  )
  const timed = async (work: () => void): Promise<number> => {
    globalThis.gc?.()
    const begin = performance.now()
    work()
    await session.flush()
    return ((performance.now() - begin) * 1000) / size
  }
  const insert = await timed(() => session.addAll(orders))
  const update = await timed(() => {
    for (const order of orders) order.status = 'paid'
  })
  const remove = await timed(() => {
    for (const order of orders) session.delete(order)
  })
  await session.rollback()
  return { size, insert, update, delete: remove }
}

/** Prints microseconds per object for each size: columns that stay level are linear. */
export async function showLinear(url: string): Promise<void> {
  const engine = createEngine(postgresJs(url))
  const sessions = sessionFactory(engine, { identityMapWarnAt: Number.POSITIVE_INFINITY })
  try {
    await once(sessions, 5_000)
    console.log(`\nµs per object of one flush${'insert'.padStart(14)}${'update'.padStart(10)}${'delete'.padStart(10)}`)
    for (const size of sizes) {
      const line = await once(sessions, size)
      const cells = [line.insert, line.update, line.delete].map((each) => each.toFixed(1).padStart(10)).join('')
      console.log(`${`${size.toLocaleString('en')} objects`.padEnd(30)}${cells}`)
    }
  } finally {
    await engine.close()
  }
}
