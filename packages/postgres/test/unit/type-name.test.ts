import { describe, expect, it } from '@jest/globals'
import { ArgumentError, type SqlType, types as t, unknownType } from '@oriel/sql'
import { typeName } from '../../src/type-name.ts'

describe('typeName', () => {
  it.each<readonly [SqlType<unknown>, string]>([
    [t.boolean(), 'boolean'],
    [t.smallint(), 'smallint'],
    [t.integer(), 'integer'],
    [t.bigint().nullable(), 'bigint'],
    [t.real(), 'real'],
    [t.double(), 'double precision'],
    [t.numeric(), 'numeric'],
    [t.numeric(12, 2), 'numeric(12, 2)'],
    [t.numeric(12), 'numeric(12)'],
    [t.numeric(5, 2).asNumber(), 'numeric(5, 2)'],
    [t.varchar(20), 'varchar(20)'],
    [t.char(3), 'char(3)'],
    [t.timestamptz(), 'timestamptz'],
    [t.timestamptz().asText(), 'timestamptz'],
    [t.text().array(), 'text[]'],
    [t.integer().array().array(), 'integer[][]'],
    [unknownType, 'text'],
    [t.enum('mood', ['a']), 'mood'],
    [t.enum('Mood', ['a']), '"Mood"'],
    [t.enum('app.order', ['a']), 'app."order"'],
    [t.enum('Mood', ['a']).array(), '"Mood"[]'],
    [t.custom('inet'), 'inet'],
    [t.custom('bit(3)'), 'bit(3)'],
    [t.custom('bit varying(3)'), 'bit varying(3)'],
    [t.custom('geometry(Point, 4326)'), 'geometry(Point, 4326)'],
    [t.custom('My Type'), '"My Type"'],
    [t.custom('app."My Type"[]'), 'app."My Type"[]'],
    [t.custom('"char"'), '"char"'],
    [t.custom('x; drop table y'), '"x; drop table y"'],
    [t.custom('x"y'), '"x""y"'],
  ])('%#: %s', (type, name) => {
    expect(typeName(type)).toBe(name)
  })

  it.each(['', 'a..b', '.a', 'x(); drop table y', 'int(1) --', 'a\0'])('refuses the custom name %j', (name) => {
    expect(() => typeName(t.custom(name))).toThrow(ArgumentError)
  })
})
