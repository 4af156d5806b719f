// From the options of a statement to its load plan: each path goes to the selected entity that it begins at.
import {
  ArgumentError,
  type ClauseElement,
  type Column,
  type NodeOf,
  type RelationshipAttribute,
  type SourceNode,
  type Table,
} from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import { Criteria } from './criteria.ts'
import { LoadDraft } from './load-draft.ts'
import { LoadPlan } from './load-plan.ts'
import { CriteriaOption, PathOption } from './loader.ts'
import { describePath, type LoaderPath } from './loader-path.ts'

type SelectNode = NodeOf<'select'>
export type MapperOfTable = (table: Table) => Mapper | null

/** What stands at the beginning of a path. */
interface Beginning {
  readonly owner: ClauseElement | null
  readonly source: SourceNode
  readonly columns?: readonly Column[]
}

/** Does a path begin at this entity? Columns read from a query do not say whose they are; the entity knows them. */
function beginsAt({ owner, columns = [] }: Beginning, element: ClauseElement): boolean {
  if (owner) return element.table === owner.table
  const known = new Set(element.columns.values())
  return columns.every((column) => known.has(column))
}

export function isSameSource(a: SourceNode, b: SourceNode): boolean {
  if (a === b) return true
  if (a.kind === 'table' && b.kind === 'table') return a.table === b.table
  return a.kind === b.kind && 'name' in a && 'name' in b && a.name === b.name
}

function beginningOf({ steps, columns }: LoaderPath): Beginning | null {
  const [first]: { readonly relationship: RelationshipAttribute<unknown, unknown> }[] = [...steps]
  return first ? first.relationship : columns
}

/** The place in the select list that a path begins at. Throws ArgumentError where there is none, or more than one. */
function itemFor(path: LoaderPath, { selection }: SelectNode): number {
  const beginning = beginningOf(path)
  const entities = selection.items.flatMap((item, i) => (item.kind === 'entity' ? [{ item, i }] : []))
  const candidates = entities.filter(({ item }) => beginning !== null && beginsAt(beginning, item.element))
  const exact = beginning ? candidates.find(({ item }) => isSameSource(item.source, beginning.source)) : undefined
  const [only, ...others] = candidates
  if (exact) return exact.i
  if (only && others.length === 0) return only.i
  const owner = beginning?.owner?.name ?? 'entity with these columns'
  if (only)
    throw new ArgumentError(`${describePath(path)}: the statement selects ${owner} several times.`, {
      hint: 'Write the option over the attributes that are meant, such as those of aliased(Class, name).',
    })
  const names = entities.map(({ item }) => item.element.name)
  throw new ArgumentError(`${describePath(path)}: the statement selects no ${owner}.`, {
    hint:
      names.length > 0
        ? `It selects ${names.join(', ')}: begin there, as in selectinload(…).selectinload(…).`
        : 'Loader options belong to entities: it selects none.',
  })
}

/** Sorts options by what they are. Throws ArgumentError for what is none. */
export function readOptions(options: readonly unknown[]): { paths: LoaderPath[]; criteria: Criteria } {
  const paths: LoaderPath[] = []
  const criteria: CriteriaOption[] = []
  for (const option of options) {
    if (option instanceof PathOption) paths.push(...option.paths)
    else if (option instanceof CriteriaOption) criteria.push(option)
    else
      throw new ArgumentError(`options() takes loader options, got ${option === null ? 'null' : typeof option}.`, {
        hint: 'Such as selectinload(c.orders), joinedload(o.customer), loadOnly(o.id, o.amount).',
      })
  }
  return { paths, criteria: new Criteria(criteria) }
}

/** The plan of a select with options. */
export function planOptions(select: SelectNode, mapperOfTable: MapperOfTable): LoadPlan {
  const { paths, criteria } = readOptions(select.options)
  if (!criteria.isEmpty && select.ignoresCriteria)
    throw new ArgumentError('withCriteria() and withoutCriteria() contradict each other.', {
      hint: 'Write the condition into where() instead.',
    })
  const drafts = new Map<number, LoadDraft>()
  for (const path of paths) {
    const i = itemFor(path, select)
    const draft = drafts.get(i) ?? new LoadDraft(mapperAt(select, i, mapperOfTable))
    drafts.set(i, draft)
    draft.add(path)
  }
  return new LoadPlan({
    roots: [...drafts].map(([item, draft]) => Object.freeze({ item, node: draft.freeze(criteria) })),
    criteria,
    ignoresCriteria: select.ignoresCriteria,
  })
}

function mapperAt({ selection }: SelectNode, i: number, mapperOfTable: MapperOfTable): Mapper {
  const item = selection.items[i]
  const mapper = item?.kind === 'entity' ? mapperOfTable(item.element.table) : null
  if (mapper) return mapper
  throw new ArgumentError(
    `${item?.kind === 'entity' ? item.element.name : 'The entity'} belongs to another registry than this session.`,
    { hint: 'Give the registry to the factory: sessionFactory(engine, { registry }).' },
  )
}
