// A small map does what a Map does, in the same order, copies and changes while it is walked included.
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SmallMap } from '../../../src/state/small-map.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  fc.tuple(fc.constant('set' as const), key, fc.integer()),
  fc.tuple(fc.constant('delete' as const), key, fc.constant(0)),
)

const seed = Number(process.env.ORIEL_SEED ?? Date.now() % 2 ** 31)

describe('SmallMap', () => {
  it(`does what a Map does (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, behind) => {
        const model = new Map<string, number>()
        const map = new SmallMap<string, number>()
        const run = (steps: typeof before): void => {
          for (const [verb, name, value] of steps) {
            if (verb === 'set') model.set(name, value)
            else expect(model.delete(name)).toBe(map.delete(name))
            if (verb === 'set') map.set(name, value)
          }
        }
        const look = (from: SmallMap<string, number>) => {
          const shown: [string, number][] = []
          from.forEach((value, name) => {
            shown.push([name, value])
          })
          return [shown, [...from], ['a', 'b', 'c', 'd'].map((name) => [from.has(name), from.get(name)])]
        }
        const expected = () => [
          [...model],
          [...model],
          ['a', 'b', 'c', 'd'].map((name) => [model.has(name), model.get(name)]),
        ]
        run(before)
        expect(look(map)).toEqual(expected())
        const copy = new SmallMap(map)
        const then = expected()
        run(behind)
        expect(look(map)).toEqual(expected())
        expect(look(copy)).toEqual(then)
      }),
      { seed },
    )
  })

  it('shows each entry though the one that is shown is deleted', () => {
    const map = new SmallMap<string, number>().set('a', 1).set('b', 2).set('c', 3)
    const shown: string[] = []
    for (const [name] of map) {
      shown.push(name)
      map.delete(name)
    }
    expect(shown).toEqual(['a', 'b', 'c'])
    expect([...map]).toEqual([])
    const other = new SmallMap<string, number>().set('a', 1).set('b', 2)
    other.forEach((_, name) => {
      other.delete(name)
    })
    expect([...other]).toEqual([])
  })
})
