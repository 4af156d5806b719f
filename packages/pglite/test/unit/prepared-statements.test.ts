import { describe, expect, it } from '@jest/globals'
import { PreparedStatements } from '../../src/prepared-statements.ts'

describe('prepared statements', () => {
  it('have one name per text, parsed once', () => {
    const prepared = new PreparedStatements()
    const first = prepared.use('select 1')
    expect(first.isNew).toBe(true)
    expect(prepared.use('select 1')).toEqual({ name: first.name, isNew: false })
    expect(prepared.use('select 2').name).not.toBe(first.name)
  })

  it('make room by closing the least recently used', () => {
    const prepared = new PreparedStatements()
    const names = Array.from({ length: 256 }, (_, i) => prepared.use(`select ${i}`).name)
    prepared.use('select 0')
    expect(prepared.use('one more')).toMatchObject({ isNew: true, evicted: names[1] })
    expect(prepared.use('select 0').isNew).toBe(false)
    expect(prepared.use('select 1').isNew).toBe(true)
  })

  it('are parsed again under a new name once forgotten', () => {
    const prepared = new PreparedStatements()
    const { name } = prepared.use('select 1')
    prepared.forget('select 1')
    const again = prepared.use('select 1')
    expect(again.isNew).toBe(true)
    expect(again.name).not.toBe(name)
  })
})
