// The part of the driver's exam about results: columns, rows by position, counts.
import { describe, expect, it } from '@jest/globals'
import { ask, askOnce, type DriverCandidate, examOf } from './exam.ts'

const widest = 1600

/** Results keep every column and every row. */
export function resultExam(candidate: DriverCandidate): void {
  describe('results', () => {
    const exam = examOf(candidate)

    it('names the columns and their types', async () => {
      const { columns } = await ask(exam.connection(), `select 1::int8 as id, 'x'::text as "Na me", true`)
      expect(columns).toEqual([
        { name: 'id', oid: 20 },
        { name: 'Na me', oid: 25 },
        { name: '?column?', oid: 16 },
      ])
    })

    it('keeps two columns of one name', async () => {
      const { columns, rows } = await ask(exam.connection(), 'select 1 as a, 2 as a')
      expect(columns.map(({ name }) => name)).toEqual(['a', 'a'])
      expect(rows).toEqual([['1', '2']])
    })

    it.each(['__proto__', 'constructor', 'toString', 'length', 'then'])('keeps a column named %s', async (name) => {
      const { columns, rows } = await ask(exam.connection(), `select 7 as "${name}"`)
      expect(columns.map((column) => column.name)).toEqual([name])
      expect(rows).toEqual([['7']])
    })

    it('knows no rows, rows without columns, and nothing at all', async () => {
      const none = await ask(exam.connection(), 'select 1 as a where false')
      expect(none).toMatchObject({ columns: [{ name: 'a' }], rowCount: 0 })
      expect([...none.rows]).toEqual([])
      const bare = await ask(exam.connection(), 'select from generate_series(1, 3)')
      expect(bare).toMatchObject({ columns: [], rowCount: 3 })
      expect([...bare.rows]).toEqual([[], [], []])
      const empty = await ask(exam.connection(), '')
      expect(empty).toMatchObject({ columns: [], rowCount: 0 })
      expect([...empty.rows]).toEqual([])
    })

    it('counts rows returned and changed, and none for DDL', async () => {
      const connection = exam.connection()
      const count = async (text: string) => (await ask(connection, text)).rowCount
      expect(await count('create table counted (n int)')).toBe(0)
      expect(await count('insert into counted select generate_series(1, 5)')).toBe(5)
      expect(await count('update counted set n = n + 1 where n > 3')).toBe(2)
      expect(await count('delete from counted where n = 1')).toBe(1)
      expect(await count('select * from counted')).toBe(4)
      expect(await count('insert into counted values (8), (9) returning n')).toBe(2)
      expect(await count('update counted set n = 0 where false')).toBe(0)
      expect(await count('do $$ begin end $$')).toBe(0)
    })

    it('returns what RETURNING says', async () => {
      await ask(exam.connection(), 'create table returned (id int generated always as identity, t text)')
      const { rows } = await ask(exam.connection(), 'insert into returned (t) values ($1), ($2) returning id, t', [
        'a',
        null,
      ])
      expect(rows).toEqual([
        ['1', 'a'],
        ['2', null],
      ])
    })

    it(`reads a table of ${widest} columns`, async () => {
      const names = Array.from({ length: widest }, (_, i) => `c${i}`)
      await ask(exam.connection(), `create table wide (${names.map((name) => `${name} int2`).join(', ')})`)
      await askOnce(exam.connection(), `insert into wide values (${names.map((_, i) => i).join(', ')})`)
      const { columns, rows } = await ask(exam.connection(), 'select * from wide')
      expect(columns.map(({ name }) => name)).toEqual(names)
      expect(rows).toEqual([names.map((_, i) => String(i))])
    })

    it('reads a hundred thousand rows in order', async () => {
      const { rows, rowCount } = await ask(
        exam.connection(),
        `select n, repeat('x', 20) from generate_series(1, 100000) n`,
      )
      expect(rowCount).toBe(100_000)
      expect(rows.length).toBe(100_000)
      expect(rows.every((row, i) => row[0] === String(i + 1) && row[1]?.length === 20)).toBe(true)
    })

    it('is not disturbed by notices', async () => {
      await ask(exam.connection(), `do $$ begin raise notice 'one'; raise warning 'two'; end $$`)
      const { rows } = await ask(exam.connection(), 'select 1')
      expect(rows).toEqual([['1']])
    })
  })
}
