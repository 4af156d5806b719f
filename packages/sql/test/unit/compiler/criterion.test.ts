// Where the criterion of an entity is written, so that every form of join leaves out the hidden rows and no others.
import { describe, expect, it } from '@jest/globals'
import {
  type Attributes,
  attributesOf,
  type ClauseElement,
  clauseElement,
  deleteFrom,
  select,
  types as t,
  update,
} from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Customer, c, elementOf, map, Order, o } from '../../shop.ts'

class Note {
  id!: number
  customerId!: number
  hidden!: boolean
}
map(Note, {
  name: 'Note',
  table: 'notes',
  columns: { id: t.integer(), customerId: t.integer(), hidden: t.boolean() },
  key: ['id'],
})
const bare = elementOf(Note)
const element: ClauseElement = {
  ...bare,
  criterion: (source) => {
    const column = bare.columns.get('hidden')
    if (!column) throw new Error('no column')
    const { name, type, label: subject } = column
    return {
      kind: 'nullTest',
      operand: { kind: 'column', source, name, column, type, subject },
      isNegated: false,
      type,
    }
  },
}
Object.defineProperty(Note, clauseElement, { value: element })
const n: Attributes<Note> = attributesOf<Note>(element)
const textOf = (statement: { toSQL(of: typeof dialect): { text: string } }) => statement.toSQL(dialect).text

describe('a criterion', () => {
  it('of a cross joined source filters in WHERE', () => {
    expect(textOf(select(c.id, n.id).from(Customer).crossJoin(Note))).toMatch(
      /cross join notes where notes.hidden is null$/,
    )
  })
  it('of the kept side of a right join filters in WHERE, of the other side in ON', () => {
    expect(textOf(select(c.id, n.id).from(Customer).rightJoin(Note, n.customerId.eq(c.id)))).toMatch(
      /on notes.customer_id = customers.id where notes.hidden is null$/,
    )
    expect(textOf(select(c.id, n.id).from(Note).rightJoin(Customer, n.customerId.eq(c.id)))).toMatch(
      /on notes.customer_id = customers.id and notes.hidden is null$/,
    )
  })
  it('is refused in a full join, and not missed past withoutCriteria()', () => {
    const joined = select(c.id, n.id).from(Customer).fullJoin(Note, n.customerId.eq(c.id))
    expect(() => textOf(joined)).toThrow('Note (notes) has a criterion, so it cannot stand in a FULL JOIN')
    expect(() => textOf(select(c.id, n.id).from(Note).fullJoin(Customer, n.customerId.eq(c.id)))).toThrow('FULL JOIN')
    expect(textOf(joined.withoutCriteria())).not.toContain('hidden')
  })
  it('of a further source of UPDATE or DELETE filters in WHERE', () => {
    const match = n.customerId.eq(o.customerId)
    expect(textOf(update(Order).set({ note: 'x' }).from(Note).where(match))).toMatch(/and notes.hidden is null$/)
    expect(textOf(deleteFrom(Order).using(Note).where(match))).toMatch(/and notes.hidden is null$/)
  })
})
