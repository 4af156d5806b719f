// The key of a row in a load: which rows are one row to the server. Texts are compared in one form per value; where a text has none here,
// key-question.ts asks the server.
import type { Column } from '@oriel/sql'
import { expressionNode } from '../registry/expression-of.ts'
import type { Mapper } from '../registry/mapper.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { isAlwaysReadable, type TextForm, textForm } from '../state/text-form.ts'
import { comparable } from '../unit-of-work/pairing.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'

/** Stands for a key that only the server can compare with others. */
export const unread: unique symbol = Symbol('unread')

function columnsOf(constraint: string, { table }: Mapper): readonly Column[] | null {
  if (table.primaryKey?.name === constraint) return table.primaryKey.columns
  return table.uniques.find(({ name }) => name === constraint)?.columns ?? null
}

/** The columns of the key; null where it is made of expressions, or not known here. */
function keyColumns(plan: BulkPlan, format: RowFormat): readonly Column[] | null {
  const { conflictKey } = plan
  if (plan.kind === 'insert') return null
  if (plan.kind === 'update' || conflictKey === null) return format.keys.map(({ column }) => column)
  if ('constraint' in conflictKey) return columnsOf(conflictKey.constraint, format.mapper)
  const columns = conflictKey.flatMap((part) => {
    const node = expressionNode(part)
    return node?.kind === 'column' && node.column ? [node.column] : []
  })
  return columns.length === conflictKey.length ? columns : null
}

/** A part of the key: where its text stands in a row of a set, or the text that all rows of the set have. */
interface KeyPart {
  readonly place: Place
  /** Null where the server alone can compare. */
  readonly form: TextForm | null
  readonly at: number
  readonly text: string | null
}

/** What a column holds where nothing is given, as far as that is known here. */
function defaultText({ column, codec }: Place): string | null {
  const node = column.default
  return node?.kind === 'parameter' && node.value !== null ? codec.encode(node.value, column.label) : null
}

/** The key by which a load knows its rows. */
export function rowKeys(plan: BulkPlan, format: RowFormat): RowKeys {
  const columns = keyColumns(plan, format)
  const places = columns?.flatMap((column) => format.byColumn.get(column) ?? []) ?? null
  return new RowKeys(places?.length === columns?.length ? places : null)
}

export class RowKeys {
  /** Null where rows have no key that can be told from their values. */
  readonly places: readonly Place[] | null
  readonly #parts = new Map<ColumnSet, readonly KeyPart[]>()

  constructor(places: readonly Place[] | null) {
    this.places = places && places.length > 0 ? places : null
  }

  /** The properties of the key, as messages say them. */
  get label(): string | null {
    return this.places?.map(({ name }) => name).join(', ') ?? null
  }

  /** May there be texts that only the server can compare? */
  get mayBeUnread(): boolean {
    return this.places?.some(({ column }) => !isAlwaysReadable(column.type)) ?? false
  }

  /** The key of a row in its one form; null where a part of it is missing, which is like no other. */
  of(set: ColumnSet, texts: readonly (string | null)[]): string | null | typeof unread {
    const parts = this.#partsIn(set)
    let key: string | null | typeof unread = null
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      const text = part && (part.at < 0 ? part.text : texts[part.at])
      if (!part || text === null || text === undefined) return null
      if (key === unread) continue
      const form = part.form ? part.form(text) : null
      key = form === null ? unread : key === null ? form : `${key}\u0000${form}`
    }
    return key
  }

  /** The parts of the key that rows of a set leave out, where it is known what the server puts there. */
  leftOut(set: ColumnSet): readonly { readonly place: Place; readonly text: string }[] {
    return this.#partsIn(set).flatMap(({ place, text }) => (text === null ? [] : [{ place, text }]))
  }

  /** The key of these texts, part by part, in its one form; as `of` gives it. */
  ofTexts(texts: readonly unknown[]): string | null | typeof unread {
    const forms: string[] = []
    for (const [i, place] of (this.places ?? []).entries()) {
      const text = texts[i]
      if (typeof text !== 'string') return null
      const form = comparable(text, place)
      if (form === null) return unread
      forms.push(form)
    }
    return forms.length > 0 ? forms.join('\u0000') : null
  }

  /** The texts of the key, part by part; null where one is missing. `textAt` gives the text at a position of the set. */
  textsOf(set: ColumnSet, textAt: (at: number) => string | null | undefined): readonly string[] | null {
    const texts: string[] = []
    for (const { at, text } of this.#partsIn(set)) {
      const found = at < 0 ? text : textAt(at)
      if (found === null || found === undefined) return null
      texts.push(found)
    }
    return texts
  }

  #partsIn(set: ColumnSet): readonly KeyPart[] {
    let parts = this.#parts.get(set)
    if (!parts) {
      parts = (this.places ?? []).map((place) => {
        const at = set.places.indexOf(place)
        return { place, form: textForm(place.column.type), at, text: at < 0 ? defaultText(place) : null }
      })
      this.#parts.set(set, parts)
    }
    return parts
  }
}
