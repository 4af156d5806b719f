// Unique constraints, indexes, checks and exclusions: from column options and from the callbacks of class decorators.
import { attributesOf, type Column, type ExpressionNode, OrielError, suggest, walk } from '@oriel/sql'
import type { ConstraintOptions } from '../draft/options.ts'
import type { Blueprint, Configuration } from './blueprint.ts'
import { expressionNode } from './expression-of.ts'

/** One class's constraints on their way into its table. */
class ConstraintMapping {
  readonly #owner: Blueprint
  readonly #configuration: Configuration

  constructor(owner: Blueprint, configuration: Configuration) {
    this.#owner = owner
    this.#configuration = configuration
  }

  report(decorator: string, message: string, remedy: string): void {
    const { entity } = this.#owner
    this.#configuration.problems.add({ entity }, `${decorator} on ${entity} ${message}`, remedy)
  }

  /** What a callback gives for the attributes of the class; undefined, and reported, where it throws. */
  evaluate(decorator: string, content: unknown): unknown {
    if (typeof content !== 'function') return content
    try {
      return content(attributesOf(this.#owner.element))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const hint = error instanceof OrielError ? error.hint : undefined
      const [message = ''] = error.message.split('\n')
      this.report(decorator, `fails: ${message.replace(/\.$/, '')}`, hint ?? 'Use properties of this class only')
      return undefined
    }
  }

  /** The nodes of expressions; null, and reported, where one is none or cannot stand in a table's definition. */
  nodes(decorator: string, values: unknown): readonly ExpressionNode[] | null {
    if (values === undefined) return null
    const list: readonly unknown[] = Array.isArray(values) ? values : [values]
    const nodes = list.map(expressionNode).filter((node) => node !== null)
    if (nodes.length < list.length || nodes.length === 0) {
      this.report(
        decorator,
        'is given something that is no expression',
        `Write ${decorator}((o) => …) over its properties`,
      )
      return null
    }
    return nodes.every((node) => this.#isOwn(decorator, node)) ? nodes : null
  }

  #isOwn(decorator: string, node: ExpressionNode): boolean {
    const { table, entity } = this.#owner
    let isFine = true
    const refuse = (what: string): void => {
      if (isFine) this.report(decorator, `uses ${what}`, `A table's definition computes with columns of ${entity} only`)
      isFine = false
    }
    walk(node, (part) => {
      if (part.kind === 'column' && !(part.source.kind === 'table' && part.source.table === table)) refuse(part.subject)
      if (part.kind === 'aggregate') refuse(`the aggregate ${part.name}`)
      if (part.kind === 'window' || part.kind === 'windowCall') refuse('a window function')
      if (part.kind === 'scalarQuery' || part.kind === 'exists' || part.kind === 'select') refuse('a query')
      return isFine
    })
    return isFine
  }

  /** The name that the user gave, or the strategy's. */
  name(options: ConstraintOptions, make: () => string): string {
    const { names } = this.#configuration
    return options.name === undefined ? names.made(make(), this.#owner) : names.given(options.name, this.#owner)
  }

  get owner(): Blueprint {
    return this.#owner
  }

  get naming(): Configuration['naming'] {
    return this.#configuration.naming
  }
}

function operandOf(node: ExpressionNode): ExpressionNode {
  return node.kind === 'ordering' ? node.operand : node
}

/** What an automatic name calls a key: its column, its function, or `expr`. */
function keyName(node: ExpressionNode): string {
  const operand = operandOf(node)
  return operand.kind === 'column' || operand.kind === 'call' ? operand.name : 'expr'
}

/** The columns themselves, where all keys are plain columns; else null. */
function plainColumns(nodes: readonly ExpressionNode[]): readonly Column[] | null {
  const columns = nodes.map((node) => (node.kind === 'column' ? node.column : null)).filter((column) => column !== null)
  return columns.length === nodes.length ? Object.freeze(columns) : null
}

/** The names of the columns that an expression reads, each once. */
function columnsRead(node: ExpressionNode): string[] {
  const found = new Set<string>()
  walk(node, (part) => {
    if (part.kind === 'column') found.add(part.name)
    return true
  })
  return [...found]
}

function columnNode(owner: Blueprint, column: Column): ExpressionNode {
  const source = Object.freeze({ kind: 'table', table: owner.table, element: owner.element } as const)
  return Object.freeze({ kind: 'column', source, name: column.name, column, type: column.type, subject: column.label })
}

function mapColumnOptions(mapping: ConstraintMapping): void {
  const { owner, naming } = mapping
  const { table, parts } = owner
  for (const { column, options } of owner.columns.values()) {
    if (options.unique)
      parts.uniques.push(
        Object.freeze({ name: mapping.name({}, () => naming.unique(table.name, [column.name])), columns: [column] }),
      )
    if (options.index)
      parts.indexes.push(
        Object.freeze({
          name: mapping.name({}, () => naming.index(table.name, [column.name])),
          isUnique: false,
          keys: [columnNode(owner, column)],
        }),
      )
  }
}

function mapIndexes(mapping: ConstraintMapping): void {
  const { owner, naming } = mapping
  for (const { decorator, content, options } of owner.draft.indexes) {
    const keys = mapping.nodes(decorator, mapping.evaluate(decorator, content))
    const where =
      options.where === undefined ? [] : mapping.nodes(decorator, mapping.evaluate(decorator, options.where))
    const include = (options.include ?? []).map((property) => {
      const column = owner.columns.get(property)?.column
      if (!column)
        mapping.report(
          decorator,
          `includes '${property}', which is no column`,
          suggest(property, owner.columns.keys(), 'Columns'),
        )
      return column
    })
    if (!keys || !where) continue
    const [condition] = where
    const included = include.filter((column) => column !== undefined)
    owner.parts.indexes.push(
      Object.freeze({
        name: mapping.name(options, () => naming.index(owner.table.name, keys.map(keyName))),
        isUnique: options.unique ?? false,
        keys,
        ...(options.using === undefined ? {} : { method: options.using }),
        ...(included.length > 0 ? { include: included } : {}),
        ...(condition ? { where: condition } : {}),
      }),
    )
  }
}

function mapUniques(mapping: ConstraintMapping): void {
  const { owner, naming } = mapping
  const { table, parts } = owner
  for (const { decorator, content, options } of owner.draft.uniques) {
    const nodes = mapping.nodes(decorator, mapping.evaluate(decorator, content))
    if (!nodes) continue
    const columns = plainColumns(nodes)
    const name = mapping.name(options, () => naming[columns ? 'unique' : 'index'](table.name, nodes.map(keyName)))
    if (columns) parts.uniques.push(Object.freeze({ name, columns }))
    else parts.indexes.push(Object.freeze({ name, isUnique: true, keys: nodes }))
  }
}

function mapChecks(mapping: ConstraintMapping): void {
  const { owner, naming } = mapping
  for (const { decorator, content, options } of owner.draft.checks) {
    const [condition] = mapping.nodes(decorator, mapping.evaluate(decorator, content)) ?? []
    if (!condition) continue
    const name = mapping.name(options, () => naming.check(owner.table.name, columnsRead(condition)))
    owner.parts.checks.push(Object.freeze({ name, condition }))
  }
}

function isPair(value: unknown): value is readonly [unknown, string] {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === 'string'
}

function mapExclusions(mapping: ConstraintMapping): void {
  const { owner, naming } = mapping
  for (const { decorator, content, options } of owner.draft.exclusions) {
    const given = mapping.evaluate(decorator, content)
    if (given === undefined) continue
    if (!Array.isArray(given) || !given.every(isPair)) {
      mapping.report(decorator, 'is not given pairs', "Write [[o.room, '='], [o.during, '&&']]")
      continue
    }
    const nodes = mapping.nodes(
      decorator,
      given.map(([expression]) => expression),
    )
    if (!nodes) continue
    owner.parts.exclusions.push(
      Object.freeze({
        name: mapping.name(options, () => naming.exclusion(owner.table.name, nodes.map(keyName))),
        method: options.using ?? 'gist',
        elements: nodes.map((expression, i) => ({ expression, operator: given[i]?.[1] ?? '=' })),
      }),
    )
  }
}

/** A criterion is called for every place in FROM, so what is wrong with it is found here, once. */
function checkCriterion(mapping: ConstraintMapping): void {
  const { criterion } = mapping.owner.options
  if (criterion === undefined) return
  const given = mapping.evaluate('The criterion', criterion)
  if (given !== undefined && !expressionNode(given))
    mapping.report('The criterion', 'gives no condition', 'Write criterion: (it) => it.deletedAt.isNull()')
}

/** Fills in everything that the table of a class has besides its columns and foreign keys. */
export function mapConstraintsOf(owner: Blueprint, configuration: Configuration): void {
  const mapping = new ConstraintMapping(owner, configuration)
  mapColumnOptions(mapping)
  mapUniques(mapping)
  mapIndexes(mapping)
  mapChecks(mapping)
  mapExclusions(mapping)
  checkCriterion(mapping)
}
