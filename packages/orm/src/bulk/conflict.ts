// ON CONFLICT of a load, for one set of columns. The clause is made by the language's own INSERT, and checked as there.
import {
  ArgumentError,
  attributesOf,
  type ClauseElement,
  type ConflictTarget,
  Expression,
  Insert,
  type NodeOf,
  queryNode,
  type RowCondition,
  tableSource,
} from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import { columnIn } from '../unit-of-work/row-statement.ts'
import type { BulkPlan, MeetingRows, Target } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'

function meetingRows(element: ClauseElement): MeetingRows {
  return {
    excluded: attributesOf(element, Object.freeze({ kind: 'excluded', table: element.table })),
    current: attributesOf(element),
  }
}

/** The named properties of the row that was to be inserted. */
function takenOver(excluded: object, properties: readonly string[]): object {
  return Object.fromEntries(properties.map((property) => [property, Reflect.get(excluded, property)]))
}

function targetOf({ conflictKey }: BulkPlan, { element, keyProperties }: Mapper): ConflictTarget {
  const source = tableSource(element)
  return conflictKey ?? keyProperties.map(({ column }) => new Expression<unknown>(columnIn(source, column)))
}

interface Given {
  /** The properties that the rows give. */
  readonly names: readonly string[]
  /** Those that are not of the key. */
  readonly beyondKey: readonly string[]
}

function takenOverIfAny(excluded: object, properties: readonly string[]): object | null {
  return properties.length > 0 ? takenOver(excluded, properties) : null
}

/** What is set in a row that is there; null for nothing. */
function valuesOf(
  { action }: BulkPlan,
  rows: MeetingRows,
  { given, mapper }: { given: Given; mapper: Mapper },
): object | null {
  switch (action.kind) {
    case 'nothing':
      return null
    case 'set':
      return action.set(rows)
    case 'columns':
      // What a row does not give stays as it is. Names that are not known are refused with the statement.
      return takenOverIfAny(
        rows.excluded,
        action.properties.filter((name) => given.names.includes(name) || !mapper.properties.has(name)),
      )
    case 'given':
      return takenOverIfAny(rows.excluded, given.beyondKey)
  }
}

/** Throws ArgumentError and CompileError as `insert().onConflictDoUpdate()` does. */
export function conflictClause(
  plan: BulkPlan,
  mapper: Mapper,
  { set, keyNames, into }: { set: ColumnSet; keyNames: ReadonlySet<string>; into: Target },
): NodeOf<'onConflict'> | null {
  if (plan.kind !== 'upsert') return null
  if (plan.action.kind === 'nothing' && plan.updateWhere)
    throw new ArgumentError('updateWhere() says which rows are updated, and doNothing() that none is.', {
      hint: 'Leave one of them out.',
    })
  const beyondKey = set.places.filter(({ name, property }) => !keyNames.has(name) && !property.isKey)
  const given = { names: set.places.map(({ name }) => name), beyondKey: beyondKey.map(({ name }) => name) }
  const rows = meetingRows(mapper.element)
  const values = valuesOf(plan, rows, { given, mapper })
  const where: RowCondition | undefined = plan.updateWhere?.condition(rows)
  const insert = new Insert<object>({
    kind: 'insert',
    into,
    columns: [],
    rows: [],
    onConflict: null,
    returning: null,
    allowed: [],
    options: [],
  })
  const target = targetOf(plan, mapper)
  const clause = values
    ? insert.onConflictDoUpdate({ target: target, set: values, ...(where !== undefined && { where }) })
    : insert.onConflictDoNothing(target)
  return clause[queryNode].onConflict
}
