// The identity of a row as text: what the server sends for its key, and what a user's value for it would look like there.
import { ArgumentError, suggest } from '@oriel/sql'
import type { RawRow } from './instance-state.ts'
import { keyOf } from './key-form.ts'
import type { Place, RowFormat } from './row-format.ts'

const separator = '\u0000'

/** The identity in a snapshot; null where a part of the key is missing. */
export function identityOfRow(row: Readonly<RawRow>, { keys }: RowFormat): string | null {
  const [only] = keys
  if (only && keys.length === 1) {
    const text = row[only.index]
    return text === null || text === undefined ? null : (only.form?.(text) ?? text)
  }
  const parts: string[] = []
  for (const { index, form } of keys) {
    const text = row[index]
    if (text === null || text === undefined) return null
    parts.push(form?.(text) ?? text)
  }
  return parts.length > 0 ? parts.join(separator) : null
}

/** The value as the server would write it: `1`, `1n` and `'1'` are one integer key, a uuid is lower-case. Errors name `label`. */
export function keyText(value: unknown, { column, codec }: Place, label = column.label): string {
  const { name } = column.type.spec
  if (value === undefined || value === null)
    throw new ArgumentError(`${label} is part of the key and cannot be ${String(value)}.`)
  if (name === 'integer' || name === 'smallint' || name === 'bigint') {
    if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value).toString()
    if (typeof value === 'bigint') return value.toString()
  }
  const text = codec.encode(value, label)
  return name === 'uuid' ? text.toLowerCase() : text
}

/** A key as a user gives it: a value, or an object of the key's properties. */
export function keyValues(key: unknown, { mapper, keys }: RowFormat): unknown[] {
  const [only, ...more] = keys
  if (!only) throw new ArgumentError(`${mapper.name} has no key.`)
  const isObject = typeof key === 'object' && key !== null && !(key instanceof Date) && !(key instanceof Uint8Array)
  if (more.length === 0 && !isObject) return [key]
  const names = keys.map(({ name }) => name)
  if (!isObject || Array.isArray(key))
    throw new ArgumentError(`The key of ${mapper.name} is an object: { ${names.join(', ')} }.`)
  for (const name of Object.keys(key))
    if (!names.includes(name))
      throw new ArgumentError(`'${name}' is no part of the key of ${mapper.name}.`, {
        hint: suggest(name, names, 'Key'),
      })
  return names.map((name) => Reflect.get(key, name))
}

/** The identity that a user's key stands for. Throws ArgumentError for missing parts and values that no key can have. */
export function identityOfKey(key: unknown, format: RowFormat): string {
  const values = keyValues(key, format)
  return keyOf(
    format.keys.map((place, i) => keyText(values[i], place)),
    format.keys.map(({ form }) => form),
  )
}
