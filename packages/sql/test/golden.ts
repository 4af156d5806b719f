// A golden statement: its text and values are written by hand; the server must be able to prepare the text; and a copy of the
// statement, every node of it made anew by a rewrite rule, must read the same.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { compile, type Node, type Query, queryNode, rewriteQuery, walk } from '../src/index.ts'
import { dialect, openWire, type Wire } from './postgres.ts'

/** Copies every node. */
export function rebuilt(query: Query<unknown>) {
  const copy = <N extends Node>(node: N): N => Object.freeze({ ...node })
  return rewriteQuery(query[queryNode], { expression: copy, source: copy, query: copy })
}

/** The SQL of a statement and of its copy, which must be the same. */
export function sqlOf(query: Query<unknown>): { text: string; params: unknown[] } {
  const { text, params } = query.toSQL(dialect)
  const again = compile(rebuilt(query), dialect)
  expect(again.text).toBe(text)
  expect(again.binds.map((bind) => bind.value)).toEqual(params)
  return { text, params }
}

/** Kinds of nodes met in golden statements, for the proof that walk reaches them all. */
export const met = new Set<string>()

export interface Goldens {
  (title: string, query: () => Query<unknown>, text: string, params?: readonly unknown[]): void
  readonly wire: () => Wire
}

/** Golden statements against one server, which is given `schema` first. */
export function goldens(schema: string | readonly string[]): Goldens {
  let wire: Wire
  beforeAll(async () => {
    wire = await openWire()
    for (const statement of typeof schema === 'string' ? schema.split(';') : schema)
      if (statement.trim()) await wire.rows(statement)
  })
  afterAll(() => wire.close())
  let prepared = 0
  const golden = (
    title: string,
    query: () => Query<unknown>,
    ...[text, params = []]: [string, (readonly unknown[])?]
  ) =>
    it(title, async () => {
      const statement = query()
      walk(statement[queryNode], ({ kind }) => {
        met.add(kind)
        return true
      })
      const sql = sqlOf(statement)
      const expected = text.trim().replace(/\s*\n\s*/g, ' ')
      expect(sql).toEqual({ text: expected, params })
      // Prepared, so planned by the server; then run with the values as the codecs send them, and undone.
      await wire.rows(`prepare golden_${++prepared} as ${sql.text}`)
      await wire.rows('begin')
      try {
        const { binds } = statement.compile(dialect)
        await wire.rows(
          sql.text,
          binds.map(({ value, type, subject }) => dialect.codec(type).encode(value, subject)),
        )
      } finally {
        await wire.rows('rollback')
      }
    })
  return Object.assign(golden, { wire: () => wire })
}
