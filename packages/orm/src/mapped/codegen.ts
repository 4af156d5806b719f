// The only place that makes code at run time. It is for speed alone: instantiate.ts and glance.ts have the loops that do the same without it.

/** What generated code makes: objects of one class and one shape, and the mark that tells them. */
export interface GeneratedShell {
  instantiate(values: readonly unknown[]): object
  isLoaded(object: object): boolean
}

function isGenerated(value: unknown): value is GeneratedShell {
  return typeof value === 'object' && value !== null && 'instantiate' in value && 'isLoaded' in value
}

/**
 * A function that makes objects with the prototype and these own fields, in this order. Null where the content security policy
 * forbids code from strings. Field initialisers define, so accessors of the prototype are not called.
 */
export function generateShell(prototype: object, fields: readonly string[]): GeneratedShell | null {
  const initialisers = fields.map((field, i) => `${JSON.stringify(field)} = row[${i}];`).join('\n    ')
  const code = `'use strict'
  function Bare() {}
  Bare.prototype = prototype
  function Returned() { return new Bare() }
  let row
  class Shell extends Returned {
    #isLoaded = true
    ${initialisers}
    static isLoaded(object) { return #isLoaded in object }
  }
  return {
    instantiate(values) { row = values; const made = new Shell(); row = undefined; return made },
    isLoaded: Shell.isLoaded,
  }`
  try {
    // Names of fields are the only thing put in, as JSON strings.
    const made: unknown = new Function('prototype', code)(prototype)
    return isGenerated(made) ? made : null
  } catch {
    return null
  }
}

/** Does an object hold just what the texts of its row say? */
export type Glance = (object: object, row: readonly (string | null | undefined)[]) => boolean

/** A column to look at: the property, where its text stands, and what tells whether a value is what a text says. */
export interface GlancedColumn {
  readonly name: string
  readonly index: number
  readonly holds: (value: unknown, text: string) => boolean
}

function isGlance(value: unknown): value is Glance {
  return typeof value === 'function'
}

/**
 * A function that looks at these columns by their names. Null where the content security policy forbids code from strings.
 * It reads them by `Reflect.get`, so that it does not depend on the shapes of objects: those of new objects are the user's, and go with them.
 */
export function generateGlance(columns: readonly GlancedColumn[]): Glance | null {
  const checks = columns.map(({ name, index }, i) => {
    const key = JSON.stringify(name)
    return `text = row[${index}]
    isOwn = hasOwn(object, ${key})
    if (text === undefined ? isOwn : !isOwn || (text === null ? get(object, ${key}) !== null : !holds${i}(get(object, ${key}), text))) return false`
  })
  const code = `'use strict'
  const { ${columns.map((_, i) => `${i}: holds${i}`).join(', ')} } = holds
  return (object, row) => {
    let text, isOwn
    ${checks.join('\n    ')}
    return true
  }`
  try {
    // Names of properties are the only thing put in, as JSON strings.
    const made: unknown = new Function('hasOwn', 'get', 'holds', code)(
      Object.hasOwn,
      Reflect.get,
      columns.map(({ holds }) => holds),
    )
    return isGlance(made) ? made : null
  } catch {
    return null
  }
}
