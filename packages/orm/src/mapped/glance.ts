// A quick look at all columns of an object: asked of every object by every flush, and nearly always answered by yes.
import type { Codec } from '@oriel/sql'
import { type Glance, type GlancedColumn, generateGlance } from './codegen.ts'

export type { Glance } from './codegen.ts'

/** The way without generated code: slower, and with the same answers. */
export function loopGlance(columns: readonly GlancedColumn[]): Glance {
  return (object, row) =>
    columns.every(({ name, index, holds }) => {
      const text = row[index]
      if (text === undefined || !Object.hasOwn(object, name)) return text === undefined && !Object.hasOwn(object, name)
      const value: unknown = Reflect.get(object, name)
      return text === null ? value === null : holds(value, text)
    })
}

/** The quick look at these columns. It answers `false` also where only decoding can tell. */
export function glanceAt(places: readonly { name: string; index: number; codec: Codec }[]): Glance {
  const columns = places.map(({ name, index, codec }): GlancedColumn => {
    const { holds } = codec
    return { name, index, holds: holds ? holds.bind(codec) : () => false }
  })
  return generateGlance(columns) ?? loopGlance(columns)
}
