// Order from dependencies: long chains, circles, and what hangs on them.
import { describe, expect, it } from '@jest/globals'
import { layers, stronglyConnected } from '../../../src/unit-of-work/topological.ts'

const length = 100_000
const chain = Array.from({ length }, (_, i) => i)
const next = (i: number): number[] => (i + 1 < length ? [i + 1] : [])

describe('layers', () => {
  it('of a chain of 100,000 are as many, from its end, without overflowing the stack', () => {
    const { layers: found, stuck } = layers(chain, next)
    expect(found).toHaveLength(length)
    expect([found[0], found.at(-1)]).toEqual([[length - 1], [0]])
    expect(stuck).toEqual([])
  })

  it('leave out circles and what waits for them', () => {
    const needs: Record<string, string[]> = { a: ['b'], b: ['a'], c: ['a'], d: [] }
    expect(layers(['a', 'b', 'c', 'd'], (node) => needs[node] ?? [])).toEqual({
      layers: [['d']],
      stuck: ['a', 'b', 'c'],
    })
  })
})

describe('stronglyConnected', () => {
  it('takes a chain of 100,000 without overflowing the stack, each behind what it depends on', () => {
    const groups = stronglyConnected(chain, next)
    expect(groups).toHaveLength(length)
    expect([groups[0], groups.at(-1)]).toEqual([[length - 1], [0]])
  })

  it('puts a circle into one group', () => {
    const needs: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['a'], d: ['a'] }
    const groups = stronglyConnected(['d', 'a', 'b', 'c'], (node) => needs[node] ?? [])
    expect(groups.map((group) => group.sort().join())).toEqual(['a,b,c', 'd'])
  })
})
