// What a query sees, and how its columns are therefore written.
import { describe, expect, it } from '@jest/globals'
import { isSameSource, Scope } from '../../../src/compiler/scope.ts'
import { type NodeOf, type SourceNode, select } from '../../../src/index.ts'
import { Customer, c, elementOf, Order, o } from '../../shop.ts'

const table = (entity: object): SourceNode => ({ kind: 'table', table: elementOf(entity).table, element: null })
const named = (name: string): NodeOf<'aliased'> => ({ kind: 'aliased', source: table(Order), name })

describe('scope', () => {
  it('needs no qualification with one source and nothing around it', () => {
    const scope = new Scope(null)
    expect(scope.isQualified).toBe(true)
    scope.add(table(Order))
    expect(scope.isQualified).toBe(false)
    scope.add(table(Customer))
    expect(scope.isQualified).toBe(true)
  })
  it('qualifies inside a query that has sources, not inside one that has none', () => {
    const outer = new Scope(null)
    const inner = new Scope(outer)
    inner.add(table(Order))
    expect(inner.isQualified).toBe(false)
    outer.add(table(Customer))
    expect(inner.isQualified).toBe(true)
  })
  it('marks every query between a column and its source as correlated', () => {
    const [outer] = [new Scope(null)]
    const middle = new Scope(outer)
    const inner = new Scope(middle)
    outer.add(table(Customer))
    middle.add(table(Order))
    expect(inner.reach(table(Order))).toBe(true)
    expect([inner.isCorrelated, middle.isCorrelated]).toEqual([true, false])
    expect(inner.reach(table(Customer))).toBe(true)
    expect(middle.isCorrelated).toBe(true)
    expect(inner.reach(named('elsewhere'))).toBe(false)
  })
  it('takes a source for itself by meaning, not by identity', () => {
    expect(isSameSource(table(Order), table(Order))).toBe(true)
    expect(isSameSource(table(Order), table(Customer))).toBe(false)
    expect(isSameSource(named('a'), named('a'))).toBe(true)
    expect(isSameSource(named('a'), named('b'))).toBe(false)
    const cte = (value: number): SourceNode => ({
      kind: 'cte',
      name: 'x',
      query: select(o.id).where(o.id.eq(value))[Symbol.for('oriel.queryNode') as never],
      columns: [],
      recursion: null,
      isMaterialized: null,
    })
    expect(isSameSource(cte(1), { ...cte(1), isMaterialized: true } as SourceNode)).toBe(true)
    expect(isSameSource(cte(1), cte(2))).toBe(false)
    expect(
      isSameSource(cte(1), {
        kind: 'derived',
        name: 'x',
        query: select(c.id)[Symbol.for('oriel.queryNode') as never],
        columns: [],
        isLateral: false,
      }),
    ).toBe(false)
  })
})
