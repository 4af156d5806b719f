import { describe, expect, it } from '@jest/globals'
import { nearest, suggest } from '../../../src/index.ts'

describe('did you mean', () => {
  const known = ['id', 'customerId', 'createdAt', 'amount', 'status']
  it.each([
    ['custmerId', ['customerId']],
    ['CREATEDAT', ['createdAt']],
    ['statsu', ['status']],
    ['price', []],
  ])('%s', (name, expected) => expect(nearest(name, known)).toEqual(expected))
  it('puts the nearest first, and names three at most', () => {
    expect(nearest('abcd', ['abxy', 'abcx', 'axcd', 'abcd1', 'zzzz'])).toEqual(['abcx', 'axcd', 'abcd1'])
  })
  it('lists what there is, with a question only where something is near', () => {
    expect(suggest('statsu', known, 'Properties')).toBe(
      "Did you mean 'status'? Properties: id, customerId, createdAt, amount, status",
    )
    expect(suggest('quantity', known)).toBe('Known: id, customerId, createdAt, amount, status')
    expect(suggest('w', [], 'Windows')).toBe('Windows: none')
  })
})
