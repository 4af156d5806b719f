// A program on a server: no package but Oriel's and postgres.js takes part in its types.
import { postgresJs } from '@oriel/postgres-js'
import {
  Column,
  createAll,
  createEngine,
  Entity,
  entity,
  func,
  type Generated,
  insert,
  type Many,
  ManyToOne,
  type Numeric,
  type One,
  OneToMany,
  OrielError,
  PrimaryKey,
  select,
  types as t,
} from 'oriel'

@Entity({ table: 'shops' })
export class Shop {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) name!: string
  @OneToMany(() => Sale, 'shop') sales!: Many<Sale>
}

@Entity({ table: 'sales' })
export class Sale {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer(), { references: () => Shop }) shopId!: number
  @Column(t.numeric(12, 2)) amount!: Numeric
  @ManyToOne(() => Shop, 'shopId') shop!: One<Shop>
}

const engine = createEngine(postgresJs('postgres://localhost/shop'))
await createAll(engine)
await engine.execute(insert(Shop).values({ name: 'corner' }))
await engine.execute(
  insert(Sale).values([
    { shopId: 1, amount: '3.50' },
    { shopId: 1, amount: 2 },
  ]),
)
const s = entity(Sale)
const running = func.sum(s.amount).over({ orderBy: s.id, rows: [null, 0] })
const rows: { id: number; running: Numeric | null }[] = await engine
  .execute(select({ id: s.id, running }).orderBy(s.id))
  .all()
console.log(JSON.stringify({ rows, error: OrielError.name }))
await engine.close()
