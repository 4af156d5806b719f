// The loaders of one session: shape a statement before it is sent, load the rest behind it, load for objects that are here already.
import type { Result } from '@oriel/engine'
import {
  ArgumentError,
  attributesOf,
  type Executable,
  InvalidRequestError,
  type NodeOf,
  type Query,
  type QueryNode,
  queryNode,
  RelationshipAttribute,
  type WarningCode,
} from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import { followMoves } from '../session/collection-moves.ts'
import { describeObject, type SessionState } from '../session/session-state.ts'
import type { InstanceState } from '../state/instance-state.ts'
import { assemble, type Found, itemsOf, ownRows } from './assemble.ts'
import { Assigner } from './assign.ts'
import { Criteria } from './criteria.ts'
import { Levels, type Send } from './levels.ts'
import { LoadDraft } from './load-draft.ts'
import { LoadPlan } from './load-plan.ts'
import { LoadStatement } from './load-statement.ts'
import { selectinload } from './loader.ts'
import { describePath, type LoaderPath } from './loader-path.ts'
import { planOptions, readOptions } from './plan-options.ts'
import type { RowPlan } from './row-plan.ts'
import { shapeSelect } from './shape-select.ts'

type SelectNode = NodeOf<'select'>

/** A statement as its loaders want it, and what is to be done with its rows. */
export interface Shaped {
  readonly statement: Executable<unknown>
  readonly plan: LoadPlan
  readonly rows: RowPlan
  /** Known objects take what the rows say, unwritten changes too. */
  readonly populateExisting?: boolean
}

/** One relationship of objects of one class. */
export interface MembersToLoad {
  readonly relationship: RelationshipProperty
  readonly states: readonly InstanceState[]
  /** Members that a criterion hides, too: for what the database has to be told. */
  readonly ignoresCriteria?: boolean
}

function hasOptions(query: QueryNode): boolean {
  return query.options.length > 0 || (query.kind === 'compound' && query.queries.some(hasOptions))
}

export class Loading {
  readonly #session: SessionState
  /** Statements are often kept and sent again. */
  readonly #shaped = new WeakMap<SelectNode, Shaped>()

  constructor(session: SessionState) {
    this.#session = session
  }

  /** What the loader options of a statement make of it; null where it has none. Sends nothing. */
  shape(statement: Query<unknown>): Shaped | null {
    const node = statement[queryNode]
    if (!hasOptions(node)) return null
    if (node.kind !== 'select')
      throw new ArgumentError('Loader options belong to a select, not to a part of a set operation.', {
        hint: "Read the whole as entities: select(aliased(Class, union(…).subquery('u'))).options(…).",
      })
    let shaped = this.#shaped.get(node)
    if (!shaped) {
      shaped = this.#shape(node, statement.allowed)
      this.#shaped.set(node, shaped)
    }
    return shaped
  }

  #shape(node: SelectNode, allowed: readonly WarningCode[]): Shaped {
    const plan = planOptions(node, (table) => this.#session.mapperOfTable(table))
    const under = plan.criteria.apply(node)
    const select = under.kind === 'select' ? under : node
    const { node: shaped, rows, warning } = shapeSelect(select, plan.roots, plan.criteria)
    return Object.freeze({ statement: new LoadStatement(shaped, allowed, warning), plan, rows })
  }

  /** Behind the rows of a shaped statement: assigns what was joined, loads the levels below, and gives back the user's rows. */
  async after<R>(shaped: Shaped, result: Result<unknown>, send: Send): Promise<Result<R>> {
    const { plan, rows: rowPlan, statement, populateExisting = false } = shaped
    followMoves(this.#session)
    const assigner = new Assigner(this.#session, populateExisting)
    const found = assemble(itemsOf(result, rowPlan), rowPlan, (owner, members, branch) =>
      assigner.assign(owner, members, branch),
    )
    await this.#levels(plan, { assigner, send, allowed: statement.allowed, isFresh: true }).follow(found)
    return ownRows<R>(result, rowPlan)
  }

  /** The plan of `session.load(objects, …)`. Throws before anything is sent. */
  planFor(objects: readonly unknown[], loaders: readonly unknown[]): { plan: LoadPlan; found: Found } {
    const states = objects.map((object) => this.#storedState(object))
    const options = loaders.map((loader) => (loader instanceof RelationshipAttribute ? selectinload(loader) : loader))
    if (options.length === 0) throw new ArgumentError('load() takes the objects and at least one relationship.')
    const { paths, criteria } = readOptions(options)
    const drafts = new Map<Mapper, LoadDraft>()
    for (const { mapper } of states) if (!drafts.has(mapper)) drafts.set(mapper, new LoadDraft(mapper))
    for (const path of paths) {
      const owner = path.steps[0]?.relationship.owner
      const draft = [...drafts.values()].find(({ mapper }) => mapper.table === owner?.table)
      if (draft) draft.add(fromHere(path))
      else if (states.length > 0)
        throw new ArgumentError(
          owner
            ? `load(): ${describePath(path)} begins at ${owner.name}; the objects are of ${[...drafts.keys()].map(({ name }) => name).join(', ')}.`
            : `load(): ${describePath(path)} is no relationship.`,
          { hint: owner ? '' : 'Columns are read again by session.refresh(object, [property]).' },
        )
    }
    const roots = [...drafts.values()].map((draft) => ({ item: 0, node: draft.freeze(criteria) }))
    const found: Found = new Map(
      roots.map(({ node }) => [node, new Set(states.filter(({ mapper }) => mapper === node.mapper))]),
    )
    return { plan: new LoadPlan({ roots, criteria, ignoresCriteria: false }), found }
  }

  /** Loads relationships of objects that are here already, each level by one statement. */
  async load({ plan, found }: { plan: LoadPlan; found: Found }, send: Send): Promise<void> {
    const assigner = new Assigner(this.#session, false)
    await this.#levels(plan, { assigner, send, allowed: [], isFresh: false }).follow(found)
  }

  /** Loads one relationship for objects of one class: for cascades, refresh and merge. */
  async loadMembers({ relationship, states, ignoresCriteria = false }: MembersToLoad, send: Send): Promise<void> {
    const [first] = states
    if (!first) return
    const { mapper } = first
    const attribute: unknown = Reflect.get(attributesOf(mapper.element), relationship.name)
    if (!(attribute instanceof RelationshipAttribute)) return
    const draft = new LoadDraft(mapper)
    for (const path of selectinload(attribute).paths) draft.add(path)
    const criteria = new Criteria([])
    const node = draft.freeze(criteria)
    const plan = new LoadPlan({
      roots: [{ item: 0, node }],
      criteria,
      ignoresCriteria,
    })
    await this.load({ plan, found: new Map([[node, new Set(states)]]) }, send)
  }

  #storedState(object: unknown): InstanceState {
    const state = this.#session.ownState(object, 'load()')
    if (state.status === 'persistent') return state
    throw new InvalidRequestError(
      `load(): ${describeObject(state)} is ${state.status}; there is no row to load from.`,
      {
        hint: state.status === 'pending' ? 'Flush first: await session.flush().' : '',
      },
    )
  }

  #levels(
    { criteria, ignoresCriteria }: LoadPlan,
    rest: { assigner: Assigner; send: Send; allowed: readonly WarningCode[]; isFresh: boolean },
  ): Levels {
    return new Levels({ session: this.#session, criteria, ignoresCriteria, ...rest })
  }
}

/** For objects that are here already there is no statement to join to: what would be joined is loaded by a statement of its own. */
function fromHere(path: LoaderPath): LoaderPath {
  const [first, ...rest] = path.steps
  if (!first)
    throw new ArgumentError(`load() takes relationships, not ${describePath(path)}.`, {
      hint: 'Columns are read again by session.refresh(object, [property]).',
    })
  if (first.strategy === 'containsEager')
    throw new ArgumentError(`load(): ${describePath(path)} has no statement to read from.`, {
      hint: `Use selectinload(${first.relationship.label}), or the relationship alone.`,
    })
  if (first.strategy !== 'joinedload') return path
  return { ...path, steps: [{ ...first, strategy: 'selectinload', innerJoin: false }, ...rest] }
}
