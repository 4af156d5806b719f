import { describe, expect, it } from '@jest/globals'
import { ArgumentError, SqlType, types as t } from '../../../src/index.ts'

describe('column types', () => {
  it('are values: a variant leaves the first one as it was', () => {
    const text = t.text()
    const variant = text.nullable()
    expect([text.spec.isNullable, variant.spec.isNullable]).toEqual([false, true])
    expect(Object.isFrozen(text.spec)).toBe(true)
    expect(t.integer().array().spec).toMatchObject({
      name: 'array',
      isNullable: false,
      element: { spec: { name: 'integer' } },
    })
  })
  it('refuse sizes that no database has', () => {
    for (const size of [0, -1, 1.5, Number.NaN, '10; drop']) {
      expect(() => t.varchar(size as number)).toThrow(ArgumentError)
      expect(() => t.char(size as number)).toThrow(ArgumentError)
      expect(() => t.numeric(size as number)).toThrow(ArgumentError)
    }
  })
  it('keep a codec of the user’s, and the members of an enum as they were given', () => {
    const codec = { decode: Number, encode: String }
    expect(t.custom('money', codec).spec.codec?.decode('5')).toBe(5)
    expect(t.numeric(5, 2).as(codec).spec.codec?.encode(5, 'x')).toBe('5')
    const members = ['sad', 'ok'] as const
    const mood = t.enum('mood', members)
    expect(mood.spec).toMatchObject({ typeName: 'mood', values: ['sad', 'ok'] })
    expect(mood.spec.values).not.toBe(members)
    expect(mood).toBeInstanceOf(SqlType)
  })
})
