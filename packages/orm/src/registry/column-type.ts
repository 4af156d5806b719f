// The type of a column: as given, or as the compiler's metadata tells it. Works without reflect-metadata, and says so where it is needed.
import { type SqlType, types as t } from '@oriel/sql'
import type { PropertyDraft } from '../draft/draft.ts'
import type { Problems } from './problems.ts'

function designType({ prototype, property }: PropertyDraft): unknown {
  const reflect: object = Reflect
  if (!prototype || !('getMetadata' in reflect) || typeof reflect.getMetadata !== 'function') return undefined
  return reflect.getMetadata('design:type', prototype, property)
}

function known(design: unknown): SqlType<unknown> | null {
  if (design === String) return t.text()
  if (design === Boolean) return t.boolean()
  if (design === Date) return t.timestamptz()
  if (design === BigInt) return t.bigint()
  if (design === Uint8Array || design === Buffer) return t.bytea()
  return null
}

/** The decorator as it is mostly written. */
function written({ decorator, mapping }: PropertyDraft): string {
  const isKey = mapping.kind === 'column' && mapping.isKey
  return isKey ? `${decorator}(t.integer(), { generated: 'identity' })` : `${decorator}(t.text())`
}

/** Why metadata does not tell the column's type, and what to write. */
function complaint(draft: PropertyDraft, design: unknown): readonly [message: string, remedy: string] {
  const { decorator } = draft
  if (design === undefined) {
    const isStandard = draft.mode === 'standard'
    const who = isStandard ? 'standard decorators carry none' : 'esbuild and tsx emit none'
    const emitted = ", or import 'reflect-metadata' before the entities where the compiler emits metadata (tsc, SWC)"
    return [`no type given and none emitted (${who})`, `Write ${written(draft)}${isStandard ? '' : emitted}`]
  }
  if (design === Number)
    return ['a number may be integer or double', `Say which: ${decorator}(t.integer()) or ${decorator}(t.double())`]
  if (design === Object)
    return [
      'unions, null, interfaces and aliases leave no type behind',
      `Name the type: ${decorator}(t.text().nullable()) for string | null, ${decorator}(t.jsonb()) for an object`,
    ]
  if (design === Array) return ['an array does not say of what', `Name the type: ${decorator}(t.text().array())`]
  const name = typeof design === 'function' ? design.name : String(design)
  return [`${name} is no column type`, `Name the type: ${decorator}(t.text()), or a relationship for another entity`]
}

/** The type of a property's column; reports and gives null where there is none. */
export function columnType(draft: PropertyDraft, entity: string, problems: Problems): SqlType<unknown> | null {
  const { mapping, decorator, property } = draft
  if (mapping.kind === 'column' && mapping.type) return mapping.type
  const design = designType(draft)
  const type = known(design)
  if (type) return type
  const [message, remedy] = complaint(draft, design)
  problems.add({ entity, property }, `${decorator}() on ${entity}.${property}: ${message}`, remedy)
  return null
}

/** The name of a type, for messages. */
export function describeType({ spec }: SqlType<unknown>): string {
  if (spec.name === 'array') return `${spec.element ? describeType(spec.element) : 'unknown'}[]`
  return spec.typeName ?? spec.name
}

const textual = ['text', 'varchar', 'char']

/** May a key of one type refer to a key of the other? */
export function isSameKeyType(a: SqlType<unknown>, b: SqlType<unknown>): boolean {
  return describeType(a) === describeType(b) || (textual.includes(a.spec.name) && textual.includes(b.spec.name))
}
