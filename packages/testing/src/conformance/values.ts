// The part of the driver's exam about values: text in, text out, whatever the type.
import { describe, expect, it } from '@jest/globals'
import { ask, askOnce, type DriverCandidate, examOf } from './exam.ts'
import { canonicalTexts } from './texts.ts'

/** Values cross the wire unchanged. */
export function valueExam(candidate: DriverCandidate): void {
  describe('values', () => {
    const exam = examOf(candidate)

    it.each(Object.entries(canonicalTexts))('%s: each text comes back as it went in', async (type, texts) => {
      for (const text of texts) {
        for (const run of [askOnce, ask, ask, ask]) {
          const { rows } = await run(exam.connection(), `select $1::${type}`, [text])
          expect(rows).toEqual([[text]])
        }
      }
    })

    it.each(Object.keys(canonicalTexts))('%s: NULL is null', async (type) => {
      const { rows } = await ask(exam.connection(), `select $1::${type}, 'x'`, [null])
      expect(rows).toEqual([[null, 'x']])
    })

    it('takes parameters for the types of the columns they are stored in', async () => {
      const connection = exam.connection()
      await ask(
        connection,
        'create table kept (b bool, j jsonb, d date, t timestamptz, a text[], y bytea, i int8, n numeric)',
      )
      const values = [
        't',
        '"text"',
        '2024-02-29',
        '2024-02-29 12:34:56.123456+00',
        '{a,NULL}',
        '\\x00ff',
        '9007199254740993',
        '1.10',
      ]
      for (const params of [values, values.map(() => null), values]) {
        const { rowCount } = await ask(connection, 'insert into kept values ($1, $2, $3, $4, $5, $6, $7, $8)', params)
        expect(rowCount).toBe(1)
      }
      const { rows } = await ask(connection, 'select * from kept')
      expect(rows).toEqual([values, values.map(() => null), values])
    })

    it('passes enums and composite values as text', async () => {
      const connection = exam.connection()
      await ask(connection, `create type mood as enum ('sad', 'it''s, "fine"')`)
      await ask(connection, 'create type pair as (a int, b text)')
      const { rows } = await ask(connection, 'select $1::mood, $2::pair, $3::mood[]', [
        `it's, "fine"`,
        '(1,"x, y")',
        `{sad,"it's, \\"fine\\""}`,
      ])
      expect(rows).toEqual([[`it's, "fine"`, '(1,"x, y")', `{sad,"it's, \\"fine\\""}`]])
    })

    it('carries a text of ten million bytes', async () => {
      const text = '0123456789'.repeat(1_000_000)
      const { rows } = await ask(exam.connection(), 'select $1::text, length($1::text)', [text])
      expect(rows[0]?.[0] === text).toBe(true)
      expect(rows[0]?.[1]).toBe('10000000')
    })
  })
}
