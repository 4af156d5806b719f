// The values of a statement, as the text that goes over the wire.
import { ArgumentError, type Compiled } from '@oriel/sql'
import type { Driver } from '../driver.ts'

/** One text, or null, per placeholder. Throws ArgumentError for a value that cannot be sent, naming what it stands for. */
export function encodeParameters(
  compiled: Compiled,
  driver: Pick<Driver, 'name' | 'dialect' | 'capabilities'>,
): (string | null)[] {
  const { binds } = compiled
  const { dialect } = driver
  const { maxParameters: most = dialect.maxParameters } = driver.capabilities
  if (binds.length > most)
    throw new ArgumentError(
      `The statement has ${binds.length} parameters; ${most < dialect.maxParameters ? driver.name : dialect.name} takes at most ${most}.`,
      {
        hint: 'Send one array instead of many values (.in() of a list does), or insert in batches.',
      },
    )
  return binds.map(({ value, type, subject }) => {
    if (value === null) return null
    if (value === undefined)
      throw new ArgumentError(`${subject} is undefined.`, {
        hint: 'Give a value, null for NULL, or leave the condition or column out.',
      })
    return dialect.codec(type).encode(value, subject)
  })
}
