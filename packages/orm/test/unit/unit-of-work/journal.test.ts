// The way back: journals around each other, and objects that were alike and share what is kept of them.
import { describe, expect, it } from '@jest/globals'
import { mapperOf } from '../../../src/registry/registry.ts'
import { InstanceState } from '../../../src/state/instance-state.ts'
import { Journal } from '../../../src/unit-of-work/journal.ts'
import { Customer } from '../../fixture/shop.ts'

function pending(values: object = {}): InstanceState {
  const state = new InstanceState(mapperOf(Customer), Object.assign(new Customer(), values))
  state.status = 'pending'
  return state
}

/** As a flush does it: the database makes the key. */
function insert(state: InstanceState, journal: Journal, id: string): void {
  journal.keep(state)
  journal.keepProperty(state, 'id')
  Reflect.set(state.object, 'id', id)
  state.row = [id]
  state.identity = id
  state.status = 'persistent'
}

/** A statement of the flush changes a stored row. */
function update(state: InstanceState, journal: Journal, text: string): void {
  journal.keep(state)
  state.row = [state.row[0], text]
}

const look = ({ status, identity, row, object, kept }: InstanceState) => ({
  status,
  identity,
  row,
  id: Reflect.get(object, 'id'),
  isKept: kept !== null,
})

const asNew = { status: 'pending', identity: null, row: [], id: undefined, isKept: false }

describe('Journal', () => {
  it('puts new objects back, which share what is kept, each with its own value of what was filled in', () => {
    const journal = new Journal()
    const states = [pending(), pending(), pending({ id: 'given' })]
    for (const [i, state] of states.entries()) insert(state, journal, `c-${i}`)
    expect(states[0]?.kept).toBe(states[1]?.kept)
    expect(states[0]?.kept).not.toBe(states[2]?.kept)
    journal.restore()
    expect(states.map(look)).toEqual([asNew, asNew, { ...asNew, id: 'given' }])
  })

  it('takes off again what was no property of its own', () => {
    const journal = new Journal()
    const state = pending()
    Reflect.deleteProperty(state.object, 'id')
    insert(state, journal, 'c-1')
    journal.restore()
    expect(Object.keys(state.object)).not.toContain('id')
  })

  it('keeps what is older where flushes follow each other', () => {
    const transaction = new Journal()
    const [first, second] = [pending(), pending()]
    const flush = new Journal()
    insert(first, flush, 'c-1')
    flush.mergeInto(transaction)
    const next = new Journal()
    update(first, next, 'changed')
    insert(second, next, 'c-2')
    next.mergeInto(transaction)
    expect([...transaction.states]).toEqual([first, second])
    expect([first, second].map((state) => transaction.statusBefore(state))).toEqual(['pending', 'pending'])
    transaction.restore()
    expect([first, second].map(look)).toEqual([asNew, asNew])
  })

  it('goes back to a savepoint, and then to the beginning', () => {
    const [transaction, savepoint] = [new Journal(), new Journal()]
    const state = pending()
    const flush = new Journal()
    insert(state, flush, 'c-1')
    flush.mergeInto(transaction)
    const inside = new Journal()
    update(state, inside, 'inside')
    inside.mergeInto(savepoint)
    expect(state.row).toEqual(['c-1', 'inside'])
    savepoint.restore()
    expect(look(state)).toEqual({ status: 'persistent', identity: 'c-1', row: ['c-1'], id: 'c-1', isKept: true })
    transaction.restore()
    expect(look(state)).toEqual(asNew)
  })

  it('hands a savepoint over to what is around it, with what it filled in', () => {
    const [transaction, savepoint] = [new Journal(), new Journal()]
    const [old, added] = [pending(), pending()]
    transaction.keep(old)
    insert(old, savepoint, 'c-1')
    insert(added, savepoint, 'c-2')
    savepoint.mergeInto(transaction)
    expect(look(old)).toEqual({ status: 'persistent', identity: 'c-1', row: ['c-1'], id: 'c-1', isKept: true })
    transaction.restore()
    expect([old, added].map(look)).toEqual([asNew, asNew])
  })

  it('keeps for itself what another one keeps too, in whatever order they end', () => {
    const [one, other] = [new Journal(), new Journal()]
    const state = pending()
    insert(state, one, 'c-1')
    other.keep(state)
    one.end()
    expect([one.statusBefore(state), other.statusBefore(state)]).toEqual([null, 'persistent'])
    state.row = ['later']
    other.restore()
    expect(look(state)).toEqual({ status: 'persistent', identity: 'c-1', row: ['c-1'], id: 'c-1', isKept: false })
  })

  it('fills in below what an inner one keeps', () => {
    const [outer, inner] = [new Journal(), new Journal()]
    const state = pending()
    outer.keep(state)
    inner.keep(state)
    outer.keepProperty(state, 'email')
    Reflect.set(state.object, 'email', 'ann@example.org')
    inner.restore()
    expect(Reflect.get(state.object, 'email')).toBe('ann@example.org')
    outer.restore()
    expect(Reflect.get(state.object, 'email')).toBeUndefined()
    expect(state.kept).toBeNull()
  })

  it('leaves nothing on the objects when it ends', () => {
    const journal = new Journal()
    const state = pending()
    insert(state, journal, 'c-1')
    journal.end()
    expect(look(state)).toEqual({ status: 'persistent', identity: 'c-1', row: ['c-1'], id: 'c-1', isKept: false })
  })
})
