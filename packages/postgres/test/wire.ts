// PGlite as a bare wire for these tests: texts in, texts out, nothing decoded; errors as the server's fields.
import { PGlite } from '@electric-sql/pglite'
import type { ServerErrorFields, SqlType } from '@oriel/sql'
import { preparedFolder } from '../../testing/src/prepared-folder.ts'
import { codecOf } from '../src/codec/codec.ts'
import { typeName } from '../src/type-name.ts'

type Text = string | null

const asIs: Record<number, (value: unknown) => string> = new Proxy({}, { get: () => (text: unknown) => text })

export interface Wire {
  rows(sql: string, params?: readonly Text[]): Promise<Text[][]>
  /** The one value of the one row. */
  text(sql: string, params?: readonly Text[]): Promise<Text>
  /** The fields of the error that the statement must fail with. */
  refused(sql: string, params?: readonly Text[]): Promise<ServerErrorFields>
  /** The value after a journey through the server: encoded, cast, read as text, decoded. */
  roundTrip(type: SqlType<unknown>, value: unknown): Promise<unknown>
  close(): Promise<void>
}

function isFields(error: unknown): error is Record<string, string | undefined> & { message: string; code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

export async function openWire(): Promise<Wire> {
  const database = await PGlite.create({ loadDataDir: new Blob([await preparedFolder()]) })
  database.parsers = asIs
  database.serializers = asIs
  const wire: Wire = {
    async rows(sql, params = []) {
      const result = await database.query<Text[]>(sql, [...params], { rowMode: 'array' })
      return result.rows
    },
    async text(sql, params) {
      const [row = []] = await wire.rows(sql, params)
      return row[0] ?? null
    },
    async refused(sql, params) {
      try {
        await wire.rows(sql, params)
      } catch (error) {
        if (!isFields(error)) throw error
        const { message, code, detail, hint, position, where, table, column, constraint } = error
        return Object.fromEntries(
          Object.entries({
            ...{ message, sqlState: code, detail, hint, where, table, column, constraint },
            position: position === undefined ? undefined : Number(position),
          }).filter(([, value]) => value !== undefined),
        ) as unknown as ServerErrorFields
      }
      throw new Error(`the server took it: ${sql}`)
    },
    async roundTrip(type, value) {
      const codec = codecOf(type)
      const text = await wire.text(`select $1::${typeName(type)}`, [codec.encode(value, 'value')])
      return text === null ? null : codec.decode(text)
    },
    close: () => database.close(),
  }
  return wire
}
