// The only place that makes code at run time. It is for speed alone: shell.ts has the loop that does the same without it.

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
