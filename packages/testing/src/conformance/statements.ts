// The part of the driver's exam about statements: parameters, prepared statements, order, transactions.
import { describe, expect, it } from '@jest/globals'
import { DriverError } from '@oriel/engine'
import { ArgumentError } from '@oriel/sql'
import { ask, askOnce, type DriverCandidate, examOf, failureOf } from './exam.ts'

const distinctTexts = 600
const preparedLimit = 300

/** Statements run once, alone and in order. */
export function statementExam(candidate: DriverCandidate): void {
  describe('statements', () => {
    const exam = examOf(candidate)
    const placeholders = (count: number) => Array.from({ length: count }, (_, i) => `$${i + 1}`).join(',')
    const manyParams = (count: number) => Array.from({ length: count }, (_, i) => String(i))

    it.each([
      ['one it may prepare', ask],
      ['one it must not keep', askOnce],
    ])('refuses two statements in one text, and runs neither: %s', async (_, run) => {
      const error = await failureOf(
        run(exam.connection(), 'create table first_of_two (); create table second_of_two ()'),
      )
      expect(error).toBeInstanceOf(DriverError)
      expect(error).toHaveProperty('fields.sqlState', '42601')
      const { rows } = await ask(exam.connection(), `select to_regclass('first_of_two'), to_regclass('second_of_two')`)
      expect(rows).toEqual([[null, null]])
    })

    it('takes as many parameters as it says, and refuses one more before sending', async () => {
      const { dialect, capabilities } = exam.underTest().driver
      const { maxParameters = dialect.maxParameters } = capabilities
      const text = (count: number) => `select cardinality(array[${placeholders(count)}]::text[])`
      const { rows } = await askOnce(exam.connection(), text(maxParameters), manyParams(maxParameters))
      expect(rows).toEqual([[String(maxParameters)]])
      for (const count of [maxParameters + 1, 65_536, 70_000]) {
        const error = await failureOf(askOnce(exam.connection(), text(count), manyParams(count)))
        expect(error).toBeInstanceOf(ArgumentError)
        expect(String(error)).toContain(String(count))
      }
      expect((await ask(exam.connection(), 'select 1')).rows).toEqual([['1']])
    })

    it('refuses a NUL in the text of a statement', async () => {
      expect(await failureOf(ask(exam.connection(), `select 'a\0b'`))).toBeInstanceOf(ArgumentError)
    })

    it('leaves a NUL in a parameter to the server to refuse', async () => {
      const error = await failureOf(ask(exam.connection(), 'select $1::text', ['a\0b']))
      expect(error).toHaveProperty('fields.sqlState', '22021')
      expect((await ask(exam.connection(), 'select 1')).rows).toEqual([['1']])
    })

    it('does not change the parameters it is given', async () => {
      const params = Object.freeze(['1', null])
      await ask(exam.connection(), 'select $1::int, $2::int', params)
      expect(params).toEqual(['1', null])
    })

    it('runs one prepared statement a thousand times', async () => {
      let sum = 0
      for (let i = 0; i < 1000; i++) {
        const { rows } = await ask(exam.connection(), 'select $1::int + 1 as next', [String(i)])
        sum += Number(rows[0]?.[0])
      }
      expect(sum).toBe(500_500)
    })

    it('runs what is asked at once in the order it was asked', async () => {
      const connection = exam.connection()
      await ask(connection, 'create table in_order (id int generated always as identity, n int)')
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => ask(connection, 'insert into in_order (n) values ($1)', [String(n)])),
      )
      const { rows } = await ask(connection, 'select n from in_order order by id')
      expect(rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 50 }, (_, n) => n))
    })

    it('reads the new columns after ALTER TABLE, outside a transaction', async () => {
      const connection = exam.connection()
      await ask(connection, 'create table altered (a int)')
      await ask(connection, 'insert into altered values (1)')
      for (let i = 0; i < 3; i++) await ask(connection, 'select * from altered')
      await ask(connection, `alter table altered add b text default 'new'`)
      expect((await ask(connection, 'select * from altered')).rows).toEqual([['1', 'new']])
      await ask(connection, 'alter table altered alter a type text')
      const { columns, rows } = await ask(connection, 'select * from altered')
      expect(columns.map(({ oid }) => oid)).toEqual([25, 25])
      expect(rows).toEqual([['1', 'new']])
    })

    it('says 0A000 after ALTER TABLE inside a transaction, and works after its rollback', async () => {
      const connection = exam.connection()
      await ask(connection, 'create table altered_inside (a int)')
      for (let i = 0; i < 3; i++) await ask(connection, 'select * from altered_inside')
      await ask(connection, 'begin')
      await ask(connection, 'alter table altered_inside add b int')
      const error = await failureOf(ask(connection, 'select * from altered_inside'))
      expect(error).toHaveProperty('fields.sqlState', '0A000')
      await ask(connection, 'rollback')
      expect((await ask(connection, 'select * from altered_inside')).columns.map(({ name }) => name)).toEqual(['a'])
    })

    it('recovers when the session forgets its prepared statements', async () => {
      const connection = exam.connection()
      for (const forget of ['deallocate all', 'discard all']) {
        for (let i = 0; i < 3; i++) await ask(connection, `select $1::int as "before ${forget}"`, ['1'])
        await ask(connection, forget)
        const { rows } = await ask(connection, `select $1::int as "before ${forget}"`, ['2'])
        expect(rows).toEqual([['2']])
      }
    })

    it('keeps a bounded number of prepared statements', async () => {
      const connection = exam.connection()
      for (let i = 0; i < distinctTexts; i++)
        for (let run = 0; run < 2; run++) await ask(connection, `select ${i} as "distinct"`)
      const { rows } = await ask(connection, 'select count(*) from pg_prepared_statements')
      expect(Number(rows[0]?.[0])).toBeLessThanOrEqual(preparedLimit)
    })

    it('tells the command that was answered: ROLLBACK for the COMMIT of a failed transaction', async () => {
      const connection = exam.connection()
      const command = async (text: string) => (await ask(connection, text)).command
      expect(await command('begin')).toBe('BEGIN')
      expect(await command('select 1')).toBe('SELECT')
      expect(await command('create table told ()')).toBe('CREATE')
      expect(await command('insert into told default values')).toBe('INSERT')
      await failureOf(ask(connection, 'select nonsense'))
      expect(await command('commit')).toBe('ROLLBACK')
    })

    it('has transactions and savepoints by plain statements', async () => {
      const connection = exam.connection()
      await ask(connection, 'create table in_transaction (n int)')
      await ask(connection, 'begin')
      await ask(connection, 'insert into in_transaction values (1)')
      await ask(connection, 'savepoint one')
      await ask(connection, 'insert into in_transaction values (2)')
      await ask(connection, 'rollback to savepoint one')
      await ask(connection, 'insert into in_transaction values (3)')
      await ask(connection, 'commit')
      await ask(connection, 'begin')
      await ask(connection, 'delete from in_transaction')
      await ask(connection, 'rollback')
      expect((await ask(connection, 'select n from in_transaction order by n')).rows).toEqual([['1'], ['3']])
    })
  })
}
