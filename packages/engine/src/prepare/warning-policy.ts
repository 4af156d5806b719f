// What becomes of a statement's warnings: silenced where allowed, an error where strict, else told once per statement text.
import { ArgumentError, CompileError, suggest, type Warning, type WarningCode } from '@oriel/sql'
import type { Events } from '../event/events.ts'

/** true makes an error of every warning, a list of those codes only. */
export type Strict = boolean | readonly WarningCode[]

// A record, so that a code that is added to the language is missed here by the compiler.
const codes: Readonly<Record<WarningCode, true>> = {
  'window-without-order': true,
  'last-value-default-frame': true,
  'running-default-range': true,
  'uncorrelated-exists': true,
  'limit-without-order': true,
  'joined-collections': true,
  'cartesian-product': true,
  'outside-transaction': true,
  mapping: true,
}

/** Texts that are remembered before the memory starts afresh: a program that writes its own SQL must not grow it for ever. */
const mostTold = 10_000

export class WarningPolicy {
  readonly #strict: Strict
  readonly #events: Events
  readonly #told = new Set<string>()

  constructor(strict: Strict, events: Events) {
    if (Array.isArray(strict))
      for (const code of strict)
        if (!Object.hasOwn(codes, code))
          throw new ArgumentError(`createEngine: strict has no code '${code}'.`, {
            hint: suggest(code, Object.keys(codes), 'Codes'),
          })
    this.#strict = strict
    this.#events = events
  }

  /** Throws CompileError where strict. Nothing has been sent yet. */
  apply(warnings: readonly Warning[], text: string, allowed: readonly WarningCode[]): void {
    for (const { code, message } of warnings) {
      if (allowed.includes(code)) continue
      if (this.#strict === true || (this.#strict !== false && this.#strict.includes(code)))
        throw new CompileError(`${message} [${code}]`, { hint: `If it is meant, say so: .allow('${code}')` })
      this.#tellOnce(code, message, text)
    }
  }

  #tellOnce(code: WarningCode, message: string, text: string): void {
    const key = `${code} ${text}`
    if (this.#told.has(key)) return
    if (this.#told.size >= mostTold) this.#told.clear()
    this.#told.add(key)
    this.#events.warn({ code, message, text })
  }
}
