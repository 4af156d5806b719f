import { describe, expect, it } from '@jest/globals'
import { PreparedNames } from '../../src/prepared-names.ts'

describe('prepared names', () => {
  it('are given to a text that comes a second time, and stay', () => {
    const names = new PreparedNames()
    expect(names.nameFor('select 1')).toBeUndefined()
    expect(names.nameFor('select 2')).toBeUndefined()
    expect(names.nameFor('select 1')).toBe('oriel_1')
    expect(names.nameFor('select 2')).toBe('oriel_2')
    expect(names.nameFor('select 1')).toBe('oriel_1')
  })

  it('are new where the server refuses the plan, and behind DISCARD ALL', () => {
    const names = new PreparedNames()
    names.nameFor('select 1')
    const first = names.nameFor('select 1')
    const second = names.rename('select 1')
    expect(second).not.toBe(first)
    expect(names.nameFor('select 1')).toBe(second)
    names.forgotten()
    expect(names.nameFor('select 1')).toBeUndefined()
    expect([first, second]).not.toContain(names.nameFor('select 1'))
  })

  it('are at most 256', () => {
    const names = new PreparedNames()
    const given = new Set<string>()
    for (let round = 0; round < 3; round++)
      for (let n = 0; n < 300; n++) {
        const name = names.nameFor(`select ${n}`)
        if (name !== undefined) given.add(name)
      }
    expect(given.size).toBe(256)
  })
})
