import { describe, expect, it } from '@jest/globals'
import * as sql from '@oriel/sql'
import { databaseError } from '../../src/sqlstate.ts'

describe('the class of a code', () => {
  it.each([
    ['23505', sql.UniqueViolationError],
    ['23503', sql.ForeignKeyViolationError],
    ['23001', sql.ForeignKeyViolationError],
    ['23502', sql.NotNullViolationError],
    ['23514', sql.CheckViolationError],
    ['23P01', sql.ExclusionViolationError],
    ['23000', sql.IntegrityError],
    ['44000', sql.IntegrityError],
    ['40001', sql.SerializationError],
    ['40P01', sql.DeadlockError],
    ['40003', sql.TransactionRollbackError],
    ['22P02', sql.DataError],
    ['22003', sql.DataError],
    ['42P01', sql.ProgrammingError],
    ['42601', sql.ProgrammingError],
    ['21000', sql.ProgrammingError],
    ['3F000', sql.ProgrammingError],
    ['25006', sql.ProgrammingError],
    ['25P02', sql.DatabaseError],
    ['55P03', sql.LockTimeoutError],
    ['55006', sql.OperationalError],
    ['57014', sql.QueryCanceledError],
    ['57P01', sql.OperationalError],
    ['53300', sql.OperationalError],
    ['28P01', sql.OperationalError],
    ['0A000', sql.NotSupportedError],
    ['P0001', sql.DatabaseError],
    ['XX000', sql.DatabaseError],
    ['ZZZZZ', sql.DatabaseError],
  ])('%s', (sqlState, type) => {
    const error = databaseError({ fields: { message: 'm', sqlState } })
    expect(error.constructor).toBe(type)
    expect(error.sqlState).toBe(sqlState)
  })

  it('only a rolled back transaction is worth running again', () => {
    const isRetryable = (sqlState: string): boolean => databaseError({ fields: { message: 'm', sqlState } }).isRetryable
    expect(['40001', '40P01'].map(isRetryable)).toEqual([true, true])
    expect(['40003', '23505', '57014', '55P03', '25P02'].some(isRetryable)).toBe(false)
  })

  it('25P02 tells what to do', () => {
    expect(databaseError({ fields: { message: 'aborted', sqlState: '25P02' } }).message).toMatch(
      /^aborted\n {2}Roll back\./,
    )
  })

  it('what the caller says goes before everything', () => {
    const error = databaseError({
      fields: { message: 'm', sqlState: '40001', hint: 'h' },
      message: 'mine',
      hint: 'do this',
    })
    expect(error.message).toBe('mine\n  do this')
  })

  it('the cause stays, out of sight', () => {
    const cause = new TypeError('of the driver')
    const error = databaseError({ fields: { message: 'm', sqlState: '42601' }, cause })
    expect(error.cause).toBe(cause)
    expect(Object.keys(error)).not.toContain('cause')
  })
})
