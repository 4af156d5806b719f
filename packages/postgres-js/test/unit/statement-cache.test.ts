import { describe, expect, it } from '@jest/globals'
import { StatementCache } from '../../src/statement-cache.ts'

describe('which statements are prepared', () => {
  it('are those that come a second time', () => {
    const cache = new StatementCache()
    expect([1, 2, 3].map(() => cache.isPrepared('select 1'))).toEqual([false, true, true])
    expect(cache.isPrepared('select 2')).toBe(false)
  })

  it('are at most 256, and texts that come once take no place', () => {
    const cache = new StatementCache()
    for (let i = 0; i < 5000; i++) cache.isPrepared(`once ${i}`)
    const prepared = Array.from({ length: 400 }, (_, i) => {
      cache.isPrepared(`twice ${i}`)
      return cache.isPrepared(`twice ${i}`)
    })
    expect(prepared.filter(Boolean).length).toBe(256)
    expect(cache.isPrepared('twice 0')).toBe(true)
    expect(cache.isPrepared('twice 399')).toBe(false)
  })

  it('are new ones, with another text, after the server forgot them, and none when that goes on and on', () => {
    const cache = new StatementCache()
    const texts = new Set<string>()
    for (let generation = 0; generation < 16; generation++) {
      expect([cache.isPrepared('select 1'), cache.isPrepared('select 1')]).toEqual([false, true])
      texts.add(cache.textFor('select 1'))
      cache.forgotten()
    }
    expect(texts.size).toBe(16)
    expect([1, 2, 3].map(() => cache.isPrepared('select 1'))).toEqual([false, false, false])
    cache.forgotten()
    expect(cache.textFor('select 1').trimEnd()).toBe('select 1')
    expect(cache.textFor('select 1').length).toBeLessThan(40)
  })
})
