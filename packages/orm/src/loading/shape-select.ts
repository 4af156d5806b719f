// What loaders change in a select: the columns of its entities, joins for joinedload, items for what comes along. Rows are taken apart by assemble.ts.
import {
  ArgumentError,
  type ClauseElement,
  type Column,
  type ExpressionNode,
  type JoinNode,
  type NodeOf,
  type Selected,
  type SourceNode,
  shortName,
  snakeCase,
  type Table,
  walk,
} from '@oriel/sql'
import { columnIn, equal } from '../unit-of-work/row-statement.ts'
import { allOf, type Criteria } from './criteria.ts'
import { type Branch, branchLabel, type LoadNode, type LoadRoot } from './load-plan.ts'
import { isSameSource } from './plan-options.ts'
import type { JoinedItem, RowPlan } from './row-plan.ts'
import { numberRows, wrapSelect } from './wrap-select.ts'

type SelectNode = NodeOf<'select'>
type EntityItem = Extract<Selected, { kind: 'entity' }>

/** An entity of the select list, and what is loaded from it. */
interface Place {
  readonly position: number
  readonly node: LoadNode
}

export interface ShapedSelect {
  readonly node: SelectNode
  readonly rows: RowPlan
  /** What is to be warned of: collections joined side by side. */
  readonly warning: string | null
}

/** What the names in a statement are, so that ours are others. */
function namesIn(select: SelectNode): Set<string> {
  const names = new Set<string>()
  walk(select, (node) => {
    if (node.kind === 'table') names.add(node.table.name)
    else if ('name' in node && typeof node.name === 'string') names.add(node.name)
    return undefined
  })
  return names
}

/** What a source of other columns calls them. */
function columnNames(item: EntityItem, element: ClauseElement): readonly string[] | null {
  if (item.names === null) return null
  const { source } = item
  const columns = 'columns' in source ? source.columns : []
  return element.loadedColumns.map((column) => {
    const at = item.element.loadedColumns.indexOf(column)
    const name = item.names?.[at] ?? columns.find(({ key }) => key === column.property)?.name
    if (name !== undefined) return name
    throw new ArgumentError(`The query that ${element.name} is read from does not select ${column.label}.`, {
      hint: `It selects ${columns.map(({ key }) => key).join(', ') || 'nothing'}.`,
    })
  })
}

/** A column of an entity of the select list, whatever it is read from. */
function columnOf({ source, element, names }: EntityItem, column: Column): ExpressionNode {
  if (names === null) return columnIn(source, column)
  const at = element.loadedColumns.indexOf(column)
  const { type, label } = column
  return Object.freeze({ kind: 'column', source, name: names[at] ?? column.name, column, type, subject: label })
}

/** Of how many collections, side by side, does one row hold a member? One below the other is one. */
function sideBySide(node: LoadNode): number {
  let sum = 0
  for (const branch of node.branches) {
    if (branch.strategy !== 'joinedload' && branch.strategy !== 'containsEager') continue
    const below = sideBySide(branch.target)
    sum += branch.relationship.isMany ? Math.max(1, below) : below
  }
  return sum
}

class Shaping {
  #select: SelectNode
  readonly #criteria: Criteria
  readonly #names: Set<string>
  readonly #items: Selected[]
  readonly #joins: JoinNode[] = []
  readonly #orderBy: ExpressionNode[] = []
  readonly joined: JoinedItem[] = []
  /** Where the number of the user's row stands, if it is needed to tell rows apart. */
  rowNumber: number | null = null

  constructor(select: SelectNode, criteria: Criteria) {
    this.#select = select
    this.#criteria = criteria
    this.#names = namesIn(select)
    this.#items = [...select.selection.items]
  }

  /** Loads the columns that were chosen, and what comes from the user's own joins. */
  readOwn(roots: readonly LoadRoot[]): Place[] {
    const places: Place[] = []
    for (const { item: position, node } of roots) {
      const item = this.#items[position]
      if (item?.kind !== 'entity') continue
      this.#items[position] = { ...item, element: node.element, names: columnNames(item, node.element) }
      places.push({ position, node })
    }
    // The list grows while it is walked: what containsEager reads may lead on.
    for (const place of places)
      for (const branch of place.node.branches) {
        if (branch.strategy !== 'containsEager') continue
        const source = this.#ownJoin(branch)
        const { element } = branch.target
        const position = this.#items.push({ kind: 'entity', source, element, label: null, names: null }) - 1
        this.joined.push({ parent: place.position, position, branch })
        places.push({ position, node: branch.target })
      }
    return places
  }

  /** Adds the joins of joinedload; around the statement where its rows must be counted or grouped first. */
  join(places: readonly Place[], isNumbered: boolean): void {
    const isJoined = places.some(({ node }) => node.branches.some(({ strategy }) => strategy === 'joinedload'))
    if (!isJoined) return
    const before = this.#withItems()
    if (isNumbered && places.some(({ node }) => joinsCollection(node))) {
      this.rowNumber = before.selection.items.length
      this.#wrap(numberRows(before))
    } else if (mustWrap(before, places)) this.#wrap(before)
    const queue = places.map((place) => ({ ...place, isOuter: false }))
    for (const { position, node, isOuter } of queue)
      for (const branch of node.branches) {
        if (branch.strategy !== 'joinedload') {
          // What the user's own join brought was met above.
          if (branch.strategy === 'containsEager' && !places.some((place) => place.node === branch.target))
            throw new ArgumentError(`containsEager(${branchLabel(branch)}) stands behind joinedload().`, {
              hint: 'The join behind a joinedload is not yours: go on with joinedload().',
            })
          continue
        }
        // An inner join behind an outer one would leave out what the outer one keeps.
        const isInner = branch.innerJoin && !isOuter
        queue.push({ ...this.#joinOne(position, branch, isInner), isOuter: !isInner })
      }
  }

  finish(): SelectNode {
    const { selection } = this.#select
    const hasExtras = this.#items.length > selection.items.length
    return Object.freeze({
      ...this.#select,
      selection: Object.freeze({
        form: hasExtras ? 'tuple' : selection.form,
        items: Object.freeze(
          this.#items.map((item) => (hasExtras && item.kind === 'entity' ? { ...item, label: null } : item)),
        ),
      }),
      joins: [...this.#select.joins, ...this.#joins],
      orderBy: [...this.#select.orderBy, ...this.#orderBy],
      options: [],
    })
  }

  #wrap(select: SelectNode): void {
    this.#select = wrapSelect(select)
    this.#items.splice(0, this.#items.length, ...this.#select.selection.items)
  }

  #withItems(): SelectNode {
    return { ...this.#select, selection: { ...this.#select.selection, items: [...this.#items] } }
  }

  #ownJoin(branch: Branch): SourceNode {
    const target = branch.target.mapper.table
    const sources = this.#select.joins.map(({ source }) => source)
    const all = [...sources, ...this.#select.from].filter((source) => tableOf(source) === target)
    const { from } = branch
    const label = `containsEager(${branchLabel(branch)})`
    const found = from ? all.find((source) => isSameSource(source, from)) : all[0]
    if (found && (from || all.length === 1)) return found
    const name = branch.target.mapper.name
    if (found)
      throw new ArgumentError(`${label}: the statement joins ${name} several times.`, {
        hint: 'Say which: containsEager(relationship, attributes), with the attributes of aliased(Class, name).',
      })
    throw new ArgumentError(`${label}: the statement does not join ${name}${from ? ' under that name' : ''}.`, {
      hint: `Join it: .join(${branchLabel(branch)}), or use joinedload(), which joins by itself.`,
    })
  }

  #name(wanted: string): string {
    let name = shortName(wanted)
    for (let n = 2; this.#names.has(name); n++) name = shortName(`${wanted}_${n}`)
    this.#names.add(name)
    return name
  }

  #joinOne(parent: number, branch: Branch, isInner: boolean): Place {
    const owner = this.#items[parent]
    const { relationship, target } = branch
    const { element, mapper } = target
    const form = isInner ? 'join' : 'left join'
    const name = this.#name(`${branch.owner.table.name}_${snakeCase(relationship.name)}`)
    const alias: SourceNode = Object.freeze({ kind: 'aliased', source: this.#criteria.source(mapper.element), name })
    if (owner?.kind === 'entity') {
      const { association } = relationship
      if (association) {
        const middle = association.mapper?.().element
        const source: SourceNode = middle
          ? this.#criteria.source(middle)
          : Object.freeze({ kind: 'table', table: association.table, element: null })
        const link: SourceNode = Object.freeze({ kind: 'aliased', source, name: this.#name(`${name}_link`) })
        const toOwner = association.toOwner.map(([mine, theirs]) =>
          equal(columnIn(link, mine), columnOf(owner, theirs)),
        )
        const toTarget = association.toTarget.map(([mine, theirs]) =>
          equal(columnIn(alias, theirs), columnIn(link, mine)),
        )
        this.#joins.push(join(form, link, toOwner), join(form, alias, toTarget))
      } else {
        const on = relationship.pairs.map(([mine, theirs]) => equal(columnIn(alias, theirs), columnOf(owner, mine)))
        this.#joins.push(join(form, alias, on))
      }
    }
    const order = relationship.orderBy === null ? undefined : mapper.properties.get(relationship.orderBy)
    if (order && relationship.isMany) this.#orderBy.push(columnIn(alias, order.column))
    const position = this.#items.push({ kind: 'entity', source: alias, element, label: null, names: null }) - 1
    this.joined.push({ parent, position, branch })
    return { position, node: target }
  }
}

function tableOf(source: SourceNode): Table | null {
  if (source.kind === 'table') return source.table
  return source.kind === 'aliased' ? tableOf(source.source) : null
}

const join = (form: JoinNode['form'], source: SourceNode, on: readonly ExpressionNode[]): JoinNode =>
  Object.freeze({ kind: 'join', form, source, on: allOf(on) })

function joinsCollection(node: LoadNode): boolean {
  return node.branches.some(
    ({ strategy, relationship, target }) =>
      strategy === 'joinedload' && (relationship.isMany || joinsCollection(target)),
  )
}

/** Rows that are grouped, made distinct or locked are made first; those that are counted too, where a collection is joined. */
function mustWrap(select: SelectNode, places: readonly Place[]): boolean {
  const { groupBy, having, qualify, distinct, lock, limit, offset } = select
  if (groupBy.length > 0 || having.length > 0 || qualify.length > 0 || distinct !== 'none' || lock) return true
  return (limit !== null || offset !== null) && places.some(({ node }) => joinsCollection(node))
}

function warningOf(roots: readonly LoadRoot[]): string | null {
  const crowded = roots.find(({ node }) => sideBySide(node) > 1)
  if (!crowded) return null
  const labels: string[] = []
  const visit = (node: LoadNode): void => {
    for (const branch of node.branches) {
      if (branch.strategy !== 'joinedload' && branch.strategy !== 'containsEager') continue
      if (branch.relationship.isMany) labels.push(branchLabel(branch))
      visit(branch.target)
    }
  }
  visit(crowded.node)
  return `Collections joined side by side give every combination of their members: ${labels.join(', ')}. Load all but one with selectinload().`
}

/** Does the select list hold a value that its entities do not decide? Then two rows with the same entities, or the same values, are two. */
function hasValuesBeside({ items }: SelectNode['selection']): boolean {
  const sources = items.flatMap((item) => (item.kind === 'entity' ? [item.source] : []))
  return items.some((item) => {
    if (item.kind === 'entity') return false
    const { expression } = item
    const bare = expression.kind === 'labelled' ? expression.operand : expression
    return bare.kind !== 'column' || !sources.some((source) => isSameSource(source, bare.source))
  })
}

function shape(shaping: Shaping, { select, roots, isNumbered }: ShapeOrder): ShapedSelect {
  const places = shaping.readOwn(roots)
  shaping.join(places, isNumbered)
  const { form, items } = select.selection
  const entities = items.flatMap((item, i) => (item.kind === 'entity' ? [i] : []))
  const byEntities = isNumbered ? null : entities
  const isMultiplied = shaping.joined.some(({ branch }) => branch.relationship.isMany)
  const rows: RowPlan = {
    width: items.length,
    names: form === 'object' ? items.map(({ label }) => label ?? '') : null,
    roots: roots.map(({ item, node }) => ({ position: item, node })),
    joined: shaping.joined,
    isMultiplied,
    sameBy: !isMultiplied ? null : shaping.rowNumber === null ? byEntities : [shaping.rowNumber],
  }
  return { node: shaping.finish(), rows, warning: warningOf(roots) }
}

interface ShapeOrder {
  readonly select: SelectNode
  readonly roots: readonly LoadRoot[]
  /** Must each row of the user be told from the others? */
  readonly isNumbered: boolean
}

/** The select that loads what the roots ask for, and how its rows are read. */
export function shapeSelect(select: SelectNode, roots: readonly LoadRoot[], criteria: Criteria): ShapedSelect {
  return shape(new Shaping(select, criteria), { select, roots, isNumbered: hasValuesBeside(select.selection) })
}

/** The same for the select of a level: only its objects matter, not its rows. */
export function shapeMembers(select: SelectNode, roots: readonly LoadRoot[], criteria: Criteria): ShapedSelect {
  return shape(new Shaping(select, criteria), { select, roots, isNumbered: false })
}
