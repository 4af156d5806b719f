// The lists taken from PostgreSQL's own catalogue, compared with a live one; names and functions through the server.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { types as t } from '@oriel/sql'
import fc from 'fast-check'
import { quote } from '../../src/identifier.ts'
import { columnNameKeywords, reservedKeywords, typeOrFunctionKeywords } from '../../src/keyword.ts'
import { codecByOid } from '../../src/oid.ts'
import { isReadOnlyFunction, readOnlyFunctions } from '../../src/read-only-function.ts'
import { begin } from '../../src/transaction.ts'
import { typeName } from '../../src/type-name.ts'
import { openWire, type Wire } from '../wire.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterAll(() => wire.close())

describe('keywords', () => {
  it.each([
    ['R', reservedKeywords],
    ['T', typeOrFunctionKeywords],
    ['C', columnNameKeywords],
  ])("of category %s are the server's", async (category, words) => {
    const rows = await wire.rows('select word from pg_get_keywords() where catcode = $1', [category])
    expect([...words].sort()).toEqual(rows.flat().sort())
  })

  it('every keyword names a column when quoted', async () => {
    const words = (await wire.rows('select word from pg_get_keywords()')).flat().map(String)
    for (let from = 0; from < words.length; from += 200) {
      const columns = words.slice(from, from + 200)
      const [row = []] = await wire.rows(
        `select ${columns.map((word) => `x.${quote(word)}`).join(', ')} from (select ${columns.map((word) => `'1' as ${quote(word)}`).join(', ')}) x`,
      )
      expect(row).toHaveLength(columns.length)
    }
  })

  it('any name means itself', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 63)
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const read = await wire.text(
          `select k from (select row_to_json(x)::jsonb as j from (select 1 as ${quote(text)}) x) y, jsonb_object_keys(j) k`,
        )
        expect(read).toBe(text)
      }),
      { numRuns: 60 },
    )
  })
})

describe('read-only functions', () => {
  // The list in src/read-only-function.ts is the answer to this query: no overload volatile, none of the server's internals.
  const query = `
select distinct proname from pg_proc p
where pronamespace = 'pg_catalog'::regnamespace and prokind in ('f', 'a', 'w')
  and not exists (select from pg_proc v where v.proname = p.proname and v.pronamespace = p.pronamespace and v.provolatile = 'v')
  and prorettype not in ('internal'::regtype, 'cstring'::regtype)
  and not proargtypes::oid[] && array['internal'::regtype::oid, 'cstring'::regtype::oid]
  and coalesce(obj_description(oid, 'pg_proc'), '') !~ '^(implementation of|I/O|internal|less-equal|hash)|support|transition'
  and proname !~ '^(pg_|brin_|txid_|float8_|int2int4|int[48](_|inc|dec)|nameconcat|cash)|(date|time).*hash|_validator$|_to_xml'
  and proname !~ '(send|typmodin|(larg|small)er|hash|extended|subdiff|canonical|transfn|combine|image)$'
order by 1`

  it('are what pg_proc says', async () => {
    const names = (await wire.rows(query)).flat().map(String)
    expect([...readOnlyFunctions].sort()).toEqual(names.sort())
  })

  it('are never volatile', async () => {
    const volatile = await wire.rows(`select proname from pg_proc where provolatile = 'v' and proname = any($1)`, [
      `{${readOnlyFunctions.join(',')}}`,
    ])
    expect(volatile).toEqual([])
  })

  it.each(['count', 'sum', 'row_number', 'lower', 'now', 'date_trunc', 'coalesce', 'percentile_cont', 'string_agg'])(
    '%s is',
    (name) => {
      expect(isReadOnlyFunction(name)).toBe(true)
    },
  )

  it.each([
    'nextval',
    'setval',
    'pg_advisory_lock',
    'txid_current',
    'pg_notify',
    'lo_create',
    'set_config',
    'mine',
    'constructor',
    'COUNT',
    '',
  ])('%s is not', (name) => {
    expect(isReadOnlyFunction(name)).toBe(false)
  })
})

describe('type numbers', () => {
  it.each<readonly [string, unknown]>([
    ['true', true],
    [`'\\x01'::bytea`, Uint8Array.of(1)],
    ['5::int8', 5n],
    ['5::int2', 5],
    ['5', 5],
    ['4294967295::oid', 4294967295],
    ['1.50', '1.50'],
    ['1.5::float4', 1.5],
    [`'NaN'::float8`, NaN],
    [`'a'::text`, 'a'],
    [`'a'::name`, 'a'],
    [`'{"a":1}'::json`, { a: 1 }],
    [`'[1]'::jsonb`, [1]],
    [`timestamptz '2024-01-01 00:00+00'`, new Date('2024-01-01T00:00:00Z')],
    [`timestamp '2024-01-01 00:00'`, '2024-01-01 00:00:00'],
    [`date '2024-01-01'`, '2024-01-01'],
    [`interval '1 day'`, { days: 1 }],
    [`'10.0.0.1'::inet`, '10.0.0.1'],
    [`array[1::int8, null]`, [1n, null]],
    [`array['[1]'::jsonb, null]`, [[1], null]],
    [`array['10.0.0.0/8'::cidr]`, ['10.0.0.0/8']],
    [`array[int4range(1, 5)]`, ['[1,5)']],
    [`array[array['a', null]]`, [['a', null]]],
    [`'(1,1),(0,0);(2,2),(1,1)'::text`, '(1,1),(0,0);(2,2),(1,1)'],
  ])('%s', async (sql, expected) => {
    const [[read, oid] = []] = await wire.rows(`select v, pg_typeof(v)::oid from (select ${sql} as v) x`)
    expect(codecByOid(Number(oid)).decode(read ?? 'NULL')).toEqual(expected)
  })

  it('every array type that is read as an array is one of the server', async () => {
    const rows = await wire.rows(
      `select typarray, typdelim from pg_type where typarray <> 0 and typnamespace = 'pg_catalog'::regnamespace`,
    )
    for (const [oid, delimiter] of rows) {
      const value = codecByOid(Number(oid)).decode('{}')
      if (Array.isArray(value)) expect(delimiter).toBe(',')
    }
    const names = await wire.rows(
      `select typarray from pg_type where typname = any('{bool,int4,int8,text,numeric,timestamptz,uuid,jsonb,inet,int4range}')`,
    )
    for (const [oid] of names) expect(codecByOid(Number(oid)).decode('{}')).toEqual([])
  })
})

describe('begin', () => {
  it.each([
    [undefined, 'begin'],
    [{}, 'begin'],
    [
      { isolation: 'repeatable read', readOnly: true, deferrable: true },
      'begin isolation level repeatable read read only deferrable',
    ],
    [
      { isolation: 'serializable', readOnly: false, deferrable: false },
      'begin isolation level serializable read write not deferrable',
    ],
    [{ isolation: 'read committed' }, 'begin isolation level read committed'],
  ] as const)('%j', async (options, text) => {
    expect(begin(options)).toBe(text)
    await wire.rows(begin(options))
    const [[isolation, readOnly] = []] = await wire.rows(
      `select current_setting('transaction_isolation'), current_setting('transaction_read_only')`,
    )
    expect(isolation).toBe(options && 'isolation' in options ? options.isolation : 'read committed')
    expect(readOnly).toBe(options && 'readOnly' in options && options.readOnly ? 'on' : 'off')
    await wire.rows('rollback')
  })
})

it('type names are understood', async () => {
  await wire.rows(`create schema app; `)
  await wire.rows(`create type app."Mood x" as enum ('a')`)
  for (const type of [
    t.enum('app.Mood x', ['a']),
    t.custom('app."Mood x"'),
    t.custom('timestamp(3) with time zone'),
    t.custom('bit varying(5)[]'),
    t.custom('double precision'),
    t.custom('interval day to second(3)'),
    t.custom('int4range'),
  ])
    expect(await wire.text(`select null::${typeName(type)}`)).toBeNull()
})
