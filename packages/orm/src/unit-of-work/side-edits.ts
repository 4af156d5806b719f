// The loaded sides of relationships, brought to what was decided. Collected first and applied at once: a collection may gain and lose many.
import type { RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { own } from './members.ts'

/** What one side gains and loses. */
export interface Edit {
  readonly state: InstanceState
  readonly relationship: RelationshipProperty
  readonly added: Set<object>
  readonly removed: Set<object>
}

export class SideEdits {
  readonly #edits = new Map<InstanceState, Map<RelationshipProperty, Edit>>()

  add(state: InstanceState, relationship: RelationshipProperty, member: object): void {
    const edit = this.#edit(state, relationship)
    edit.removed.delete(member)
    edit.added.add(member)
  }

  remove(state: InstanceState, relationship: RelationshipProperty, member: object): void {
    const edit = this.#edit(state, relationship)
    edit.added.delete(member)
    edit.removed.add(member)
  }

  /** Whose sides are edited. */
  get states(): Iterable<InstanceState> {
    return this.#edits.keys()
  }

  forEach(visit: (edit: Edit) => void): void {
    for (const edits of this.#edits.values()) for (const edit of edits.values()) visit(edit)
  }

  apply(): void {
    for (const edits of this.#edits.values()) for (const edit of edits.values()) applyEdit(edit)
  }

  #edit(state: InstanceState, relationship: RelationshipProperty): Edit {
    let edits = this.#edits.get(state)
    if (!edits) {
      edits = new Map()
      this.#edits.set(state, edits)
    }
    let edit = edits.get(relationship)
    if (!edit) {
      edit = { state, relationship, added: new Set(), removed: new Set() }
      edits.set(relationship, edit)
    }
    return edit
  }
}

function applyEdit({ state, relationship, added, removed }: Edit): void {
  const { object } = state
  const value = own(object, relationship.name)
  if (relationship.isMany) {
    if (!Array.isArray(value)) return
    const list: unknown[] = value
    if (removed.size > 0) {
      const kept = list.filter((member) => !isIn(removed, member))
      if (kept.length < list.length) replaceItems(list, kept)
    }
    // One at a time is how most are added: then a set would be made of all for each.
    const present = added.size > 1 ? new Set(list) : null
    for (const member of added) if (!(present ? present.has(member) : list.includes(member))) list.push(member)
    return
  }
  const [member] = added
  if (member) {
    // A new object has nothing that could be unknown about it.
    if (value !== member && (value !== undefined || state.status === 'pending'))
      setLoaded(object, relationship.name, member)
  } else if (isIn(removed, value)) setLoaded(object, relationship.name, null)
}

function isIn(members: ReadonlySet<object>, value: unknown): boolean {
  return typeof value === 'object' && value !== null && members.has(value)
}

/** In place, and without a call of as many arguments as there are items. */
export function replaceItems(list: unknown[], items: readonly unknown[]): void {
  list.length = 0
  for (const item of items) list.push(item)
}
