// The part of the driver's exam about errors: every field of the server's, and a connection that works afterwards.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { DriverError } from '@oriel/engine'
import { ask, type DriverCandidate, examOf, failureOf } from './exam.ts'

/** What the server refuses arrives whole. */
export function errorExam(candidate: DriverCandidate): void {
  describe('errors', () => {
    const exam = examOf(candidate)
    const refusal = async (text: string, params: readonly (string | null)[] = []) => {
      const error = await failureOf(ask(exam.connection(), text, params))
      expect(error).toBeInstanceOf(DriverError)
      return error
    }

    beforeAll(async () => {
      await ask(exam.connection(), 'create table parent (id int primary key)')
      await ask(
        exam.connection(),
        `create table child (id int primary key, parent_id int constraint child_parent references parent,
          name text not null, n int constraint positive check (n > 0))`,
      )
      await ask(exam.connection(), `insert into child values (1, null, 'one', 1)`)
    })

    it.each([
      {
        text: `insert into child values (1, null, 'x', 1)`,
        fields: { sqlState: '23505', table: 'child', constraint: 'child_pkey' },
      },
      {
        text: `insert into child values (2, 7, 'x', 1)`,
        fields: { sqlState: '23503', table: 'child', constraint: 'child_parent' },
      },
      {
        text: 'insert into child values (2, null, null, 1)',
        fields: { sqlState: '23502', table: 'child', column: 'name' },
      },
      {
        text: `insert into child values (2, null, 'x', 0)`,
        fields: { sqlState: '23514', table: 'child', constraint: 'positive' },
      },
    ])('names what was violated: $fields.sqlState', async ({ text, fields }) => {
      expect(await refusal(text)).toMatchObject({ fields: { severity: 'ERROR', schema: 'public', ...fields } })
    })

    it('gives the position of a mistake in the text', async () => {
      expect(await refusal('select nme from child')).toMatchObject({ fields: { sqlState: '42703', position: 8 } })
      expect(await refusal(`select '👩‍🚀', nme from child`)).toMatchObject({ fields: { position: 15 } })
    })

    it('delivers every field that a server error can have', async () => {
      await ask(
        exam.connection(),
        `create function complain() returns void language plpgsql as $$ begin
          raise exception using message = 'the message', errcode = 'XY042', detail = 'the detail', hint = 'the hint',
            schema = 'the schema', table = 'the table', column = 'the column', datatype = 'the type', constraint = 'the constraint';
        end $$`,
      )
      const error = await refusal('select complain()')
      expect(error).toMatchObject({
        message: 'the message',
        fields: {
          message: 'the message',
          sqlState: 'XY042',
          severity: 'ERROR',
          detail: 'the detail',
          hint: 'the hint',
          schema: 'the schema',
          table: 'the table',
          column: 'the column',
          dataType: 'the type',
          constraint: 'the constraint',
        },
      })
      expect(error).toHaveProperty('fields.where', expect.stringContaining('complain()'))
      expect(error).toHaveProperty('cause')
    })

    it('refuses a value that does not fit, at parse and at run', async () => {
      expect(await refusal('select $1::int', ['x'])).toMatchObject({ fields: { sqlState: '22P02' } })
      expect(await refusal('select 1 / $1::int', ['0'])).toMatchObject({ fields: { sqlState: '22012' } })
    })

    it('fails in the middle of the rows as a whole', async () => {
      expect(await refusal('select 100 / (500 - n) from generate_series(1, 1000) n')).toMatchObject({
        fields: { sqlState: '22012' },
      })
    })

    it('is usable after each error, also when statements were waiting', async () => {
      const connection = exam.connection()
      const answers = await Promise.allSettled([
        ask(connection, 'select 1'),
        ask(connection, 'select nonsense'),
        ask(connection, 'select 2'),
        ask(connection, 'selec'),
        ask(connection, 'select $1::int', ['3']),
      ])
      expect(answers.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
      ])
    })

    it('fails again in a failed transaction, until it is rolled back', async () => {
      const connection = exam.connection()
      await ask(connection, 'begin')
      await refusal('select nonsense')
      expect(await refusal('select 1')).toMatchObject({ fields: { sqlState: '25P02' } })
      await ask(connection, 'rollback')
      expect((await ask(connection, 'select 1')).rows).toEqual([['1']])
    })
  })
}
