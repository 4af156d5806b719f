// What a name must be so that the database takes it and JavaScript keeps it.
import type { Problems } from './problems.ts'

/** The longest identifier that PostgreSQL keeps whole. */
export const maxNameBytes = 63

/** Where a name stands: whose it is, and in which schema. */
export interface Place {
  readonly entity: string
  readonly schema: string | null
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

/** A name, and what messages say it is the name of. */
export interface Named {
  readonly name: unknown
  readonly of: string
  readonly entity: string
  readonly property?: string
}

/** Half of a surrogate pair, which would be stored as U+FFFD. */
const loneSurrogate = /\p{Surrogate}/u

/** Reports a table or column name that is empty, too long, or holds what the database cannot keep. */
export function checkName(named: Named, problems: Problems): void {
  const { name, of } = named
  if (typeof name !== 'string' || name.length === 0) {
    problems.add(named, `The name of ${of} is empty`, 'Leave the option out, or give a name')
    return
  }
  if (name.includes('\0')) problems.add(named, `The name of ${of} contains a NUL character`, 'Give it another name')
  if (loneSurrogate.test(name))
    problems.add(named, `The name of ${of} contains half of a surrogate pair`, 'Give it another name')
  if (byteLength(name) > maxNameBytes)
    problems.add(named, `The name '${name}' of ${of} is longer than ${maxNameBytes} bytes`, 'Give it a shorter name')
}

const reserved = ['__proto__', 'constructor', 'prototype']

/** Reports a property whose name means something to every object. */
export function checkProperty(property: string, entity: string, problems: Problems): void {
  if (reserved.includes(property))
    problems.add(
      { entity, property },
      `${entity}.${property}: a property cannot be called '${property}', which JavaScript keeps for itself`,
      `Give the property another name, and the column this one: { name: '${property}' }`,
    )
}
