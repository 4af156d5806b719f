// For every two types that the server lets meet: what it gives is read without loss, and held as the left side or the exact one says.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { commonType, typeBeside, wideType } from '../../src/expression/common-type.ts'
import { DataError, type SqlType, types as t, unknownType } from '../../src/index.ts'
import { dialect, openWire, type Wire } from '../postgres.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterAll(() => wire.close())

interface Sample {
  readonly name: string
  readonly type: SqlType<unknown>
  readonly text: string
}
const sample = (name: string, type: SqlType<unknown>, text: string): Sample => ({ name, type, text })

const numbers: readonly Sample[] = [
  sample('smallint', t.smallint(), '2'),
  sample('integer', t.integer(), '30000000'),
  sample('bigint', t.bigint(), '7000000000'),
  sample('a count', wideType, '8000000000'),
  sample('real', t.real(), '0.5'),
  sample('double', t.double(), '0.25'),
  sample('numeric', t.numeric(12, 2), '10.50'),
  sample('numeric as number', t.numeric().asNumber(), '2.25'),
]
const others: readonly Sample[] = [
  sample('text', t.text(), 'long'),
  sample('varchar', t.varchar(5), 'b'),
  sample('char', t.char(3), 'abc'),
  sample('uuid', t.uuid(), '6a2f41a3-c54c-4ce5-a4cb-5ad0cd0d6c3b'),
  sample('boolean', t.boolean(), 'true'),
  sample('date', t.date(), '2024-03-01'),
  sample('timestamp', t.timestamp(), '2024-03-01 10:00:00'),
  sample('timestamptz', t.timestamptz(), '2024-03-01 10:00:00+00'),
  sample('interval', t.interval(), '1 day'),
  sample('jsonb', t.jsonb(), '{"a": 1}'),
  sample('integers', t.integer().array(), '{1,2}'),
  sample('decimals', t.numeric().array(), '{1.5,2}'),
]

/** What the server makes of the two, in every place where they meet; null where it refuses. */
async function meetings(a: Sample, b: Sample): Promise<(string | null)[] | null> {
  const [left, right] = [a, b].map(({ type, text }) => `'${text}'::${dialect.typeName(type)}`)
  const [noLeft, noRight] = [a, b].map(({ type }) => `null::${dialect.typeName(type)}`)
  try {
    const [row = []] = await wire.rows(
      `select coalesce(${left}, ${noRight}), case when true then ${left} else ${right} end,
        coalesce(${noLeft}, ${right}), case when false then ${left} else ${right} end`,
    )
    const rows = await wire.rows(`select ${left} union all select ${right}`)
    return [...row.slice(0, 2), rows[0]?.[0] ?? null, ...row.slice(2), rows[1]?.[0] ?? null]
  } catch {
    return null
  }
}

const pairs = (samples: readonly Sample[]) => samples.flatMap((a) => samples.map((b) => [a, b] as const))
const read = (type: SqlType<unknown>, text: string | null) => dialect.codec(type).decode(text ?? '')
const named = ([a, b]: readonly [Sample, Sample]) => ({ title: `${a.name} and ${b.name}`, a, b })

describe('numbers that meet', () => {
  it.each(pairs(numbers).map(named))('$title', async ({ a, b }) => {
    const texts = await meetings(a, b)
    const isExact = a.name === 'numeric' || b.name === 'numeric'
    const held = isExact ? 'string' : typeof read(a.type, a.text)
    const type = commonType(a.type, b.type)
    expect(texts).toHaveLength(6)
    texts?.forEach((text, i) => {
      const given = i < 3 ? a.text : b.text
      // Neither rounded nor held as a number against the type: a fraction, or what the server writes with an exponent.
      if (held === 'bigint' && !/^\d+$/.test(text ?? '')) expect(() => read(type, text)).toThrow(DataError)
      else {
        expect(typeof read(type, text)).toBe(held)
        expect(Number(read(type, text))).toBe(Number(given))
      }
    })
  })
})

describe('other types that meet', () => {
  it.each(pairs(others).map(named))('$title', async ({ a, b }) => {
    const texts = await meetings(a, b)
    const type = commonType(a.type, b.type)
    if (a === b) expect(texts).not.toBeNull()
    if (a === b) expect(type).toBe(a.type)
    // Where the server's own type is asked, its codec is found by its number.
    if (type.spec.name === 'unknown') return expect(a).not.toBe(b)
    expect(texts).not.toBeNull()
    texts?.forEach((text, i) => {
      const expected = i < 3 ? a : b
      const value = read(type, text)
      if (type.spec.name === 'array') expect(String(value)).toBe(String(read(expected.type, expected.text)))
      else expect(JSON.stringify(value)).toBe(JSON.stringify(read(expected.type, expected.text)))
    })
  })
})

describe('what has no type of its own', () => {
  it('takes that of the other side', () => {
    for (const { type } of [...numbers, ...others]) {
      expect(commonType(unknownType, type)).toBe(type)
      expect(commonType(type, unknownType)).toBe(type)
    }
  })

  it('keeps its own where it does not fit', () => {
    const fitting = (value: unknown, type: SqlType<unknown>) => typeBeside(value, type).spec
    expect(fitting(5, t.integer()).name).toBe('integer')
    expect(fitting(-(2 ** 31), t.integer()).name).toBe('integer')
    expect(fitting(2 ** 31, t.integer())).toMatchObject({ name: 'bigint', representation: 'number' })
    expect(fitting(32768, t.smallint()).name).toBe('bigint')
    expect(fitting(0.5, wideType).name).toBe('double')
    expect(fitting(0.5, t.bigint()).name).toBe('bigint')
    expect(fitting(0.5, t.numeric()).name).toBe('numeric')
    expect(fitting('a', t.integer()).name).toBe('integer')
  })

  it('a codec of the user’s is not mixed with what is plain', () => {
    const codec = { decode: (text: string) => [text], encode: String }
    expect(commonType(t.numeric().as(codec), t.numeric().as(codec)).spec.codec).toBeDefined()
    expect(commonType(t.numeric().as(codec), t.numeric())).toBe(unknownType)
    expect(commonType(t.numeric(), t.numeric().as(codec))).toBe(unknownType)
  })
})
