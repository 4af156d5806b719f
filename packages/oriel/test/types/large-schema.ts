// Writes a large program as text: 200 entities of 10 columns and 4 relationships, and 400 queries over them.
// budget.test.ts measures what it costs a compiler.

const entityCount = 200
const queryCount = 400
const perFile = 20

/** Files by name. */
export type Files = Readonly<Record<string, string>>

const wrap = (i: number) => ((i % entityCount) + entityCount) % entityCount
const entityName = (i: number) => `Entity${wrap(i)}`
/** Forty different sets of column names, so that classes are not all of one shape. */
const column = (name: string, i: number) => `${name}${wrap(i) % 40}`

function entitySource(i: number): string {
  const name = entityName(i)
  return `
@Entity({ table: 'entity${i}' })
@Index<${name}>((e) => [e.${column('amount', i)}, e.createdAt.desc()])
export class ${name} {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) ${column('aId', i)}!: number
  @Column(t.integer()) ${column('bId', i)}!: number
  @Column(t.text()) name!: string
  @Column(t.text<'new' | 'paid'>()) ${column('status', i)}!: 'new' | 'paid'
  @Column(t.numeric(12, 2)) ${column('amount', i)}!: Numeric
  @Column(t.integer()) ${column('qty', i)}!: number
  @Column(t.text().nullable()) ${column('note', i)}!: string | null
  @Column(t.timestamptz(), { default: sql\`now()\` }) createdAt!: Generated<Date>
  @Column(t.jsonb<{ tags: string[] }>().nullable()) ${column('data', i)}!: { tags: string[] } | null
  @ManyToOne(() => ${entityName(i + 1)}, '${column('aId', i)}') ${column('a', i)}!: One<${entityName(i + 1)}>
  @ManyToOne(() => ${entityName(i + 7)}, '${column('bId', i)}') ${column('b', i)}!: One<${entityName(i + 7)}>
  @OneToMany(() => ${entityName(i - 1)}, '${column('a', i - 1)}') ${column('as', i)}!: Many<${entityName(i - 1)}>
  @OneToMany(() => ${entityName(i - 7)}, '${column('b', i - 7)}') ${column('bs', i)}!: Many<${entityName(i - 7)}>
  total(): number {
    return Number(this.${column('amount', i)})
  }
}
`
}

/** The names that a query over entity `i` and its neighbours speaks of. */
function names(i: number) {
  return {
    entity: `s.${entityName(i)}`,
    aId: column('aId', i),
    bId: column('bId', i),
    a: column('a', i),
    as: column('as', i),
    status: column('status', i),
    amount: column('amount', i),
    qty: column('qty', i),
    note: column('note', i),
    nextBId: column('bId', i + 1),
    nextQty: column('qty', i + 1),
    farNote: column('note', i + 8),
    farQty: column('qty', i + 8),
  }
}
type Names = ReturnType<typeof names>

/** One body per kind of query; they take turns. */
const bodies: readonly ((n: Names) => string)[] = [
  (n) =>
    `const rows = await connection.execute(select({ id: e.id, name: e.name, amount: e.${n.amount} }).where(e.${n.status}.eq('paid'), e.${n.qty}.gt(3), or(e.${n.note}.isNull(), e.name.like('a%'))).orderBy(e.createdAt.desc(), e.id).limit(10)).all(); const id: number = rows[0]!.id; return id`,
  (n) =>
    `const rows = await connection.execute(select({ id: e.id, other: f.name, third: g.${n.farNote} }).join(f, f.id.eq(e.${n.aId})).join(g, g.id.eq(f.${n.nextBId})).where(f.${n.nextQty}.gte(e.${n.qty}))).all(); const x: string | null = rows[0]!.third; return x`,
  (n) =>
    `const rows = await connection.execute(select({ id: e.id, other: f.name, third: g.${n.farQty}, both: ${n.entity} }).leftJoin(f, f.id.eq(e.${n.aId})).leftJoin(g, g.id.eq(f.${n.nextBId})).where(e.id.in([1, 2, 3]))).all(); const x: string | null = rows[0]!.other; return x`,
  (n) =>
    `const w = { partitionBy: e.${n.aId}, orderBy: e.createdAt }; const rows = await connection.execute(select({ id: e.id, rn: func.rowNumber().over({ partitionBy: e.${n.bId}, orderBy: e.id.desc() }), prev: func.lag(e.${n.amount}, 1, '0').over(w), delta: e.${n.amount}.sub(func.lag(e.${n.amount}, 1, '0').over(w)), run: func.sum(e.${n.amount}).filter(e.${n.status}.eq('paid')).over({ ...w, rows: [null, 0] }) })).all(); const x: string = rows[0]!.delta; return x`,
  (n) =>
    `const ranked = select({ id: e.id, a: e.${n.aId}, note: e.${n.note}, rn: func.rowNumber().over({ partitionBy: e.${n.aId}, orderBy: e.createdAt.desc() }) }).cte('ranked'); const rows = await connection.execute(select({ id: ranked.c.id, rn: ranked.c.rn, name: f.name }).join(ranked, ranked.c.a.eq(f.id)).where(ranked.c.rn.lte(3)).orderBy(ranked.c.id)).all(); const x: number = rows[0]!.rn; return x`,
  (n) =>
    `const rows = await connection.execute(insert(${n.entity}).values([{ ${n.aId}: 1, ${n.bId}: 2, name: 'x', ${n.status}: 'new', ${n.amount}: '1', ${n.qty}: 1 }]).onConflictDoUpdate({ target: e.id, set: ({ excluded }) => ({ name: excluded.name, ${n.qty}: excluded.${n.qty}.add(1) }) }).returning({ id: e.id, name: e.name })).all(); const x: number = rows[0]!.id; return x`,
  (n) =>
    `const rows = await connection.execute(select(${n.entity}).where(e.${n.a}.has((x) => x.name.eq('x')), e.${n.as}.any((x) => x.name.eq('y'))).orderBy(e.createdAt.desc()).limit(3)).all(); const x: string = rows[0]![0].name; return x`,
  (n) =>
    `const rows = await connection.execute(select({ a: e.${n.aId}, n: func.count(), total: func.sum(e.${n.amount}), last: func.max(e.createdAt) }).where(exists(select(f.id).where(f.id.eq(e.${n.aId}), f.name.eq('x')))).groupBy(e.${n.aId}).having(func.count().gt(1))).all(); await connection.execute(update(${n.entity}).set({ name: 'y', ${n.qty}: e.${n.qty}.add(1) }).where(e.id.eq(1))); const x: string | null = rows[0]!.total; return x`,
]

function querySource(q: number): string {
  const i = (q * 13) % entityCount
  const body = bodies[q % bodies.length]
  const [e, f, g] = [i, i + 1, i + 8].map((at) => `entity(s.${entityName(at)})`)
  return `export async function q${q}() {
  const e = ${e}, f = ${f}, g = ${g}
  ${body?.(names(i))}
}
`
}

/** The whole program: `schema.ts` and twenty files of queries. */
export function largeSchema(): Files {
  const files: Record<string, string> = {}
  const entities = Array.from({ length: entityCount }, (_, i) => entitySource(i))
  files['schema.ts'] =
    `import { Column, Entity, type Generated, Index, type Many, ManyToOne, type Numeric, type One, OneToMany, PrimaryKey, sql, types as t } from 'oriel'\n${entities.join('')}`
  const header = `import { type Connection, entity, exists, func, insert, or, select, update } from 'oriel'
import * as s from './schema.ts'
declare const connection: Connection
`
  for (let first = 0; first < queryCount; first += perFile) {
    const queries = Array.from({ length: perFile }, (_, at) => querySource(first + at))
    files[`queries${first / perFile}.ts`] = header + queries.join('')
  }
  return files
}
