import { expect, it } from '@jest/globals'
import { types as t } from '@oriel/sql'
import { postgres } from '../../src/postgres.ts'

it('is one frozen value that answers for its parts', () => {
  const dialect = postgres()
  expect(postgres()).toBe(dialect)
  expect(Object.isFrozen(dialect)).toBe(true)
  expect(Object.isFrozen(dialect.supports)).toBe(true)
  expect(dialect.placeholder(12)).toBe('$12')
  expect(dialect.quote('order')).toBe('"order"')
  expect(dialect.typeName(t.numeric(12, 2))).toBe('numeric(12, 2)')
  expect(dialect.codec(t.integer()).decode('5')).toBe(5)
  expect(dialect.codecByOid(20).decode('5')).toBe(5n)
  expect(dialect.begin({ readOnly: true })).toBe('begin read only')
  expect(dialect.maxParameters).toBe(65535)
  expect(dialect.maxIdentifierBytes).toBe(63)
})
