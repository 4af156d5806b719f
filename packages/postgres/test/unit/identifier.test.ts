import { describe, expect, it } from '@jest/globals'
import { ArgumentError } from '@oriel/sql'
import { quote } from '../../src/identifier.ts'

describe('quote', () => {
  it.each([
    ['author', 'author'],
    ['_a$1', '_a$1'],
    ['order', '"order"'],
    ['user', '"user"'],
    ['left', '"left"'],
    ['between', '"between"'],
    ['name', 'name'],
    ['createdAt', '"createdAt"'],
    ['1st', '"1st"'],
    ['a b', '"a b"'],
    ['a"; drop table x; --', '"a""; drop table x; --"'],
    ['größe', '"größe"'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['x'.repeat(63), 'x'.repeat(63)],
  ])('%s', (name, text) => {
    expect(quote(name)).toBe(text)
  })

  it.each([
    ['', 'empty'],
    ['a\0b', 'NUL'],
    ['\ud800', 'surrogate'],
    ['x'.repeat(64), '64 bytes'],
    ['ö'.repeat(32), '64 bytes'],
    ['日'.repeat(22), '66 bytes'],
    ['👩'.repeat(16), '64 bytes'],
  ])('refuses %j', (name, reason) => {
    expect(() => quote(name)).toThrow(ArgumentError)
    expect(() => quote(name)).toThrow(reason)
  })
})
