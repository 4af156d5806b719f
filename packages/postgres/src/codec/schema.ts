// Checks a json value with a Standard Schema. Only checks: what is stored is the value as it was given.
import { ArgumentError, type StandardSchema } from '@oriel/sql'

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function pathOf(issue: object): string {
  if (!('path' in issue) || !Array.isArray(issue.path)) return ''
  return issue.path
    .map((segment: unknown) => (isObject(segment) && 'key' in segment ? segment.key : segment))
    .map((key: unknown) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
}

function describe(issue: unknown, subject: string): string {
  if (!isObject(issue)) return `${subject}: ${String(issue)}`
  return `${subject}${pathOf(issue)}: ${'message' in issue ? String(issue.message) : 'not valid'}`
}

/** Throws an ArgumentError with every issue that the schema has with the value. The schema must answer at once. */
export function checkSchema(schema: StandardSchema<unknown>, value: unknown, subject: string): void {
  const outcome = schema['~standard'].validate?.(value)
  if (!isObject(outcome)) return
  if ('then' in outcome) {
    throw new ArgumentError(`${subject}: its schema validates asynchronously, and values are encoded at once`, {
      hint: 'Give the column a synchronous schema, and await the asynchronous checks before.',
    })
  }
  if (!('issues' in outcome) || !Array.isArray(outcome.issues) || outcome.issues.length === 0) return
  throw new ArgumentError(outcome.issues.map((issue: unknown) => describe(issue, subject)).join('\n'))
}
