// The other side of a relationship: resolves the thunk, and says in the user's words why it leads nowhere.
import { isClass, type TargetThunk } from '../draft/draft.ts'
import { draftOf } from '../draft/draft-store.ts'
import type { Blueprint, Configuration } from './blueprint.ts'

/** Where a thunk was written. */
export interface Mention {
  readonly entity: string
  readonly property: string
  /** `@ManyToOne`, `references`, `through`. */
  readonly by: string
}

function call(thunk: TargetThunk): { readonly value: unknown; readonly error?: unknown } {
  try {
    return { value: typeof thunk === 'function' ? thunk() : thunk }
  } catch (error) {
    return { value: undefined, error }
  }
}

/** Is this the class itself, rather than a function that gives it? */
function isItself(value: unknown): boolean {
  return isClass(value) && (draftOf(value) !== null || /^class\b/.test(Function.prototype.toString.call(value)))
}

/** The blueprint that a thunk leads to; reports and gives null where there is none. */
export function resolveTarget(thunk: TargetThunk, mention: Mention, configuration: Configuration): Blueprint | null {
  const { entity, property, by } = mention
  const where = `${by} on ${entity}.${property}`
  const report = (message: string, remedy: string): null => {
    configuration.problems.add({ entity, property }, `${where} ${message}`, remedy)
    return null
  }
  if (typeof thunk !== 'function' || isItself(thunk))
    return report(
      'is not given a function',
      `Write () => ${typeof thunk === 'function' ? thunk.name : 'Target'}, since the class may come later`,
    )
  const found = call(thunk)
  if (found.value === undefined) {
    const reason = found.error instanceof Error ? ` (${found.error.message})` : ''
    return report(
      `leads to undefined${reason}: a circular import that is not finished, or a class that is not exported`,
      'Import every entity file before the first query, and import types with `import type` where only the type is used',
    )
  }
  const target = found.value
  if (!isClass(target)) return report('leads to something that is no class', 'Give it a class with @Entity')
  const blueprint = configuration.blueprintOf(target)
  if (blueprint) return blueprint
  const draft = draftOf(target)
  if (draft?.entity)
    return report(
      `leads to ${target.name}, which belongs to another registry`,
      `List ${target.name} in the entities of the same registry`,
    )
  if (draft && draft.properties.length > 0)
    return report(
      `leads to ${target.name}, which has columns but no @Entity`,
      `Write @Entity() above ${target.name}: was it forgotten?`,
    )
  return report(
    `leads to ${target.name}, which is no entity`,
    `Write @Entity() above ${target.name}, and map its properties`,
  )
}
