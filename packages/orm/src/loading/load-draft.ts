// A load plan under construction: paths are put into one tree; two that disagree about one place are refused, with both named.
import { ArgumentError, type Column } from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import type { Criteria } from './criteria.ts'
import { type ResolvedFilter, resolveFilter } from './filter.ts'
import type { Branch, LoadNode } from './load-plan.ts'
import { type ColumnRule, describePath, type LoaderPath, type Step } from './loader-path.ts'

interface DraftBranch {
  readonly step: Step
  /** The option that said so first. */
  readonly text: string
  readonly relationship: RelationshipProperty
  readonly draft: LoadDraft
}

interface DraftRule {
  readonly rule: ColumnRule
  readonly text: string
}

function isSameStep(a: Step, b: Step): boolean {
  return a.strategy === b.strategy && a.filter === b.filter && a.innerJoin === b.innerJoin && a.from === b.from
}

function disagree(where: string, first: string, second: string): ArgumentError {
  return new ArgumentError(`Two loader options disagree about ${where}: ${first} and ${second}.`, {
    hint: 'Keep one of them. Several options from one place go into .options(…) behind it.',
  })
}

/** Columns of this side that the members are found by. */
function ownColumns({ association, pairs }: RelationshipProperty): readonly Column[] {
  return association ? association.toOwner.map(([, column]) => column) : pairs.map(([column]) => column)
}

/** Columns of the target that tell whose member it is. */
function targetColumns({ association, holdsKey, pairs }: RelationshipProperty): readonly Column[] {
  return association || holdsKey ? [] : pairs.map(([, column]) => column)
}

export class LoadDraft {
  readonly mapper: Mapper
  readonly #branches = new Map<string, DraftBranch>()
  readonly #rules: DraftRule[] = []

  constructor(mapper: Mapper) {
    this.mapper = mapper
  }

  /** Puts a path in, from here on. Throws ArgumentError where another option says otherwise. */
  add(path: LoaderPath): void {
    let draft: LoadDraft = this
    path.steps.forEach((step, i) => {
      draft = draft.#take(step, describePath({ steps: path.steps.slice(0, i + 1), columns: null }))
    })
    if (path.columns) draft.#rules.push({ rule: path.columns, text: describePath(path) })
  }

  #take(step: Step, text: string): LoadDraft {
    const { name } = step.relationship.element
    const known = this.#branches.get(name)
    if (known) {
      if (isSameStep(known.step, step)) return known.draft
      const filters = known.text === text ? ' (with another filter or join)' : ''
      throw disagree(step.relationship.label, known.text, `${text}${filters}`)
    }
    const relationship = this.mapper.relationships.get(name)
    if (!relationship) throw new ArgumentError(`${this.mapper.name} has no relationship '${name}'.`)
    const draft = new LoadDraft(relationship.target())
    this.#branches.set(name, { step, text, relationship, draft })
    return draft
  }

  /** The columns that are loaded; null for the usual ones. */
  #chosen(): ReadonlySet<Column> | null {
    if (this.#rules.length === 0) return null
    const only = this.#rules.filter(({ rule }) => rule.verb === 'loadOnly')
    const [first, second] = only
    if (first && second) throw disagree(this.mapper.name, first.text, second.text)
    const chosen = new Set(first ? first.rule.columns : this.mapper.element.loadedColumns)
    for (const { rule, text } of this.#rules) {
      if (rule.verb !== 'defer') continue
      for (const column of rule.columns) {
        const rival = this.#rules.find((other) => other.rule.verb !== 'defer' && other.rule.columns.includes(column))
        if (rival) throw disagree(column.label, rival.text, text)
        if (this.mapper.table.primaryKey?.columns.includes(column))
          throw new ArgumentError(`${text}: ${column.label} is part of the key, which is always loaded.`)
        chosen.delete(column)
      }
    }
    for (const { rule } of this.#rules)
      if (rule.verb === 'undefer') for (const column of rule.columns) chosen.add(column)
    return chosen
  }

  /** The finished tree. `needed` are columns that the loader above finds its members by. */
  freeze(criteria: Criteria, needed: readonly Column[] = []): LoadNode {
    const { mapper } = this
    const chosen = this.#chosen()
    const required = new Set(needed)
    const branches = [...this.#branches.values()].map((branch): Branch => {
      const { step, relationship, draft } = branch
      if (step.strategy !== 'raiseload' && step.strategy !== 'lazyload')
        for (const column of ownColumns(relationship)) required.add(column)
      const filter = filterFor(branch, criteria)
      const target = draft.freeze(criteria, targetColumns(relationship))
      return Object.freeze({
        strategy: step.strategy,
        owner: mapper,
        relationship,
        filter,
        innerJoin: step.innerJoin,
        isPartial: isPartial({ step, relationship, filter, target }, criteria),
        source: step.relationship.source,
        from: step.from,
        target,
      })
    })
    return Object.freeze({
      mapper,
      element: elementWith(mapper, chosen, required),
      hasChosenColumns: chosen !== null,
      branches: Object.freeze(branches),
    })
  }
}

/** The entity with these columns, those that are required, and its key. */
function elementWith(mapper: Mapper, chosen: ReadonlySet<Column> | null, required: ReadonlySet<Column>) {
  const usual = new Set(mapper.element.loadedColumns)
  const columns = [...mapper.properties.values()].flatMap(({ column, isKey }) =>
    isKey || (chosen ?? usual).has(column) || required.has(column) ? [column] : [],
  )
  return mapper.elementWith(columns)
}

type Members = Pick<Branch, 'relationship' | 'filter' | 'target'> & { readonly step: Step }

/** May members be left out, by what this statement says? What an entity's own criterion hides is hidden from everybody. */
function isPartial({ step, relationship, filter, target }: Members, criteria: Criteria): boolean {
  if (relationship.holdsKey) return false
  const { where, limit, offset } = filter
  const isFiltered = where.length > 0 || limit !== null || offset > 0
  const isCut = target.branches.some(({ strategy, innerJoin }) => strategy === 'joinedload' && innerJoin)
  return step.strategy === 'containsEager' || isFiltered || isCut || criteria.sharpens(target.mapper.element)
}

function filterFor({ step, relationship, draft }: DraftBranch, criteria: Criteria): ResolvedFilter {
  const { element } = draft.mapper
  const { label } = step.relationship
  const filter = resolveFilter(step.filter, { element, source: criteria.source(element) }, label)
  const { orderBy, limit, offset } = filter
  if (!relationship.isMany && (orderBy.length > 0 || limit !== null || offset > 0))
    throw new ArgumentError(`${label} leads to one object: its filter takes a where, no order, limit or offset.`)
  return filter
}
