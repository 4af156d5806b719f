// The objects that a merge asks for by their keys: what the session does not hold whole is read by one statement for each class.
import type { Result } from '@oriel/engine'
import { type EntityClass, type Expression, type NodeOf, type Query, Select, tableSource } from '@oriel/sql'
import { allOf } from '../loading/criteria.ts'
import type { Mapper } from '../registry/mapper.ts'
import { columnIn, equal, fromRows, parameter, positionIn, selectOf, unnestOf } from '../unit-of-work/row-statement.ts'
import { isWhole } from './key-query.ts'
import type { KeyReads } from './key-reads.ts'
import type { MergeKey } from './merge-key.ts'
import type { SessionState } from './session-state.ts'

/** What these reads need of the session around them. */
export interface MergeReads {
  readonly state: SessionState
  readonly byKey: KeyReads
  read<R>(statement: Query<R>, options: undefined): Promise<Result<R>>
}

/** An entity, and the number of its key among those that were asked for. */
type KeyedRow = readonly [EntityClass<object>, Expression<bigint>]

/**
 * `SELECT … FROM table JOIN unnest($1, …) WITH ORDINALITY ON …`. Which key is a row's is the server's to say: it alone can compare
 * all types in all their spellings.
 */
function selectByKeys({ element, table, keyProperties }: Mapper, keys: readonly MergeKey[]): Select<KeyedRow> {
  const source = tableSource(element)
  const columns = keyProperties.map(({ column }) => column)
  const asked = unnestOf(
    columns,
    (column, type) => {
      const part = columns.indexOf(column)
      const texts = keys.map((key) => key.texts[part] ?? null)
      return parameter(texts, type, column.label)
    },
    { table, withOrdinality: true },
  )
  const position = positionIn(asked)
  const on = columns.map((column) => equal(columnIn(source, column), fromRows(asked, column)))
  const node: NodeOf<'select'> = {
    ...selectOf([], [source], [position]),
    selection: {
      form: 'tuple',
      items: [
        { kind: 'entity', source, element, label: null, names: null },
        { kind: 'value', expression: position, label: null },
      ],
    },
    joins: [Object.freeze({ kind: 'join', form: 'join', source: asked, on: allOf(on) })],
    ignoresCriteria: false,
  }
  return new Select(Object.freeze(node))
}

/** This session's objects for these keys; those without a row are left out. */
export async function readByKeys(keys: Iterable<MergeKey>, reads: MergeReads): Promise<Map<MergeKey, object>> {
  const { state, byKey } = reads
  const found = new Map<MergeKey, object>()
  const unread = new Map<Mapper, MergeKey[]>()
  const readOne = async (key: MergeKey): Promise<void> => {
    const object = await byKey.get(key.mapper, Object.fromEntries(key.values()), () => null)
    if (object) found.set(key, object)
  }
  for (const key of keys) {
    const { mapper, identity } = key
    const known = state.identityMap.get(mapper, identity)
    if (known && isWhole(known, state.format(mapper))) {
      await readOne(key)
      continue
    }
    const others = unread.get(mapper)
    if (others) others.push(key)
    else unread.set(mapper, [key])
  }
  for (const [mapper, asked] of unread) {
    const [only, ...more] = asked
    // The statement for one is compiled already.
    if (only && more.length === 0) await readOne(only)
    else
      for (const [object, position] of (await reads.read(selectByKeys(mapper, asked), undefined)).all()) {
        const key = asked[Number(position) - 1]
        if (key) found.set(key, object)
      }
  }
  return found
}
