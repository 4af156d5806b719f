// Columns without a type: the compiler's metadata says it, or the registry says what to write.
import 'reflect-metadata'
import { workerData } from 'node:worker_threads'
import { pglite } from '@oriel/pglite'
import { Column, createAll, createEngine, Entity, insert, PrimaryKey, select, types as t } from 'oriel'

@Entity({ table: 'people' })
export class Person {
  @PrimaryKey(t.integer()) id!: number
  @Column() email!: string
  @Column() isActive!: boolean
  @Column() bornAt!: Date
  @Column() visits!: bigint
}

const engine = createEngine(pglite(undefined, workerData))
try {
  await createAll(engine)
  const bornAt = new Date(Date.UTC(1990, 0, 1))
  await engine.execute(insert(Person).values({ id: 1, email: 'ann@example.org', isActive: true, bornAt, visits: 5n }))
  const [person] = await engine.execute(select(Person)).scalars().all()
  console.log(JSON.stringify({ ...person, visits: String(person?.visits) }))
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : error)
}
await engine.close()
