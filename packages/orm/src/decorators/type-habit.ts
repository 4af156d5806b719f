// How other mappers write a column's type: a name in quotes, or options. Said once, with the type to write in its place.
import { type SqlType, types as t } from '@oriel/sql'
import type { MisuseDraft } from '../draft/draft.ts'

/** Names of types that are called otherwise here. */
const others: ReadonlyMap<string, string> = new Map([
  ['int', 'integer'],
  ['int2', 'smallint'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['float', 'double'],
  ['float4', 'real'],
  ['float8', 'double'],
  ['double precision', 'double'],
  ['decimal', 'numeric'],
  ['bool', 'boolean'],
  ['string', 'text'],
  ['number', 'integer'],
  ['character varying', 'varchar'],
  ['datetime', 'timestamptz'],
  ['timestamp with time zone', 'timestamptz'],
])

/** What was meant: how it is written, and the type itself. */
interface Meant {
  readonly call: string
  readonly type: SqlType<unknown>
}

const types: ReadonlyMap<string, SqlType<unknown>> = new Map<string, SqlType<unknown>>([
  ['boolean', t.boolean()],
  ['smallint', t.smallint()],
  ['integer', t.integer()],
  ['bigint', t.bigint()],
  ['real', t.real()],
  ['double', t.double()],
  ['numeric', t.numeric()],
  ['text', t.text()],
  ['uuid', t.uuid()],
  ['bytea', t.bytea()],
  ['timestamptz', t.timestamptz()],
  ['timestamp', t.timestamp()],
  ['date', t.date()],
  ['time', t.time()],
  ['timetz', t.timetz()],
  ['interval', t.interval()],
  ['json', t.json()],
  ['jsonb', t.jsonb()],
])

function meant(given: unknown): Meant {
  const name = typeof given === 'string' ? given.trim().toLowerCase() : 'text'
  const known = others.get(name) ?? name
  if (known === 'varchar' || known === 'char') return { call: `t.${known}(…)`, type: t.text() }
  const type = types.get(known)
  return type ? { call: `t.${known}()`, type } : { call: 't.text()', type: t.text() }
}

/** A column that was written out of another mapper's habit, and the type that stands in for it. */
export interface TypeHabit {
  readonly misuse: Omit<MisuseDraft, 'property'>
  readonly type: SqlType<unknown>
}

/** What `@Column('text')`, `@Column({ type: 'text' })` and `@Column({ nullable: true })` should be; null for anything else. */
export function typeHabit(decorator: string, first: unknown): TypeHabit | null {
  if (typeof first === 'string') {
    const { call, type } = meant(first)
    const message = (owner: string) => `${decorator} on ${owner} was given its type as a string`
    return { misuse: { message, remedy: `Write ${decorator}(${call})` }, type }
  }
  if (typeof first !== 'object' || first === null) return null
  const names = ['type', 'nullable'].filter((name) => name in first)
  if (names.length === 0) return null
  const { call, type } = meant('type' in first ? first.type : null)
  const nullable = 'nullable' in first && first.nullable === true ? '.nullable()' : ''
  const said = names.join(' and ')
  const message = (owner: string) =>
    `${decorator} on ${owner} was given ${said} as an option: the column's type says it`
  return { misuse: { message, remedy: `Write ${decorator}(${call}${nullable})` }, type }
}
