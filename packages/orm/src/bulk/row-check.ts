// From a row as the source gave it to texts for a set of columns, or to the reasons against it. A schema of the user's is asked first.
import type { RowFormat } from '../state/row-format.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { type ColumnSet, ColumnSets, encodeRow, messageOf, type Reason } from './column-set.ts'

/** A row that fits. Its texts are overwritten by the next one. */
export interface FittingRow {
  readonly set: ColumnSet
  readonly texts: readonly (string | null)[]
}
export type Checked = FittingRow | { readonly reasons: readonly Reason[] }

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (ArrayBuffer.isView(value)) return 'bytes'
  return typeof value === 'object' ? 'an object' : `a value of type ${typeof value}`
}

function reason(error: unknown): Reason {
  return { property: null, message: messageOf(error) }
}

/** `address.lines.0`, from the path of an issue. */
function propertyOf(path: unknown): string | null {
  if (!Array.isArray(path) || path.length === 0) return null
  return path
    .map((part: unknown) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part))
    .join('.')
}

function reasonsOf(issues: readonly unknown[]): Reason[] {
  const reasons = issues.map((issue) => ({
    property: typeof issue === 'object' && issue !== null && 'path' in issue ? propertyOf(issue.path) : null,
    message: typeof issue === 'object' && issue !== null && 'message' in issue ? String(issue.message) : String(issue),
  }))
  return reasons.length > 0 ? reasons : [{ property: null, message: 'The schema refused the row.' }]
}

type Validate = (value: unknown) => unknown

/** The function of a Standard Schema. */
function validateOf(schema: object | null): Validate | null {
  const standard: unknown = schema && Reflect.get(schema, '~standard')
  if (typeof standard !== 'object' || standard === null || !('validate' in standard)) return null
  const { validate } = standard
  return typeof validate === 'function' ? (value) => Reflect.apply(validate, standard, [value]) : null
}

export class RowCheck {
  readonly #sets: ColumnSets
  readonly #validate: Validate | null
  #texts: (string | null)[] = []

  constructor(plan: BulkPlan, format: RowFormat) {
    this.#sets = new ColumnSets(format, plan.kind)
    this.#validate = validateOf(plan.schema)
  }

  /** A promise only where the schema gives one. */
  check(row: unknown): Checked | Promise<Checked> {
    if (!this.#validate) return this.#encode(row)
    try {
      const result = this.#validate(row)
      return isPromise(result) ? this.#afterwards(result) : this.#ofResult(result)
    } catch (error) {
      return { reasons: [reason(error)] }
    }
  }

  async #afterwards(result: PromiseLike<unknown>): Promise<Checked> {
    try {
      return this.#ofResult(await result)
    } catch (error) {
      return { reasons: [reason(error)] }
    }
  }

  #ofResult(result: unknown): Checked {
    if (typeof result !== 'object' || result === null)
      return { reasons: [{ property: null, message: 'The schema gave no result.' }] }
    if ('issues' in result && Array.isArray(result.issues)) return { reasons: reasonsOf(result.issues) }
    return this.#encode('value' in result ? result.value : undefined)
  }

  #encode(row: unknown): Checked {
    if (!isRecord(row))
      return { reasons: [{ property: null, message: `A row is an object of properties, not ${kindOf(row)}.` }] }
    try {
      const { set, reasons: unfit } = this.#sets.of(row)
      if (set === null) return { reasons: unfit }
      const texts = this.#texts
      texts.length = set.places.length
      const reasons = encodeRow(row, set, texts)
      return reasons ? { reasons } : { set, texts }
    } catch (error) {
      // A getter of the row's, or a proxy.
      return { reasons: [reason(error)] }
    }
  }
}
