import { expect, it } from '@jest/globals'
import { ArgumentError, type TransactionOptions } from '@oriel/sql'
import { begin } from '../../src/transaction.ts'

// The types refuse these; so does begin, for callers without types.
const untyped = (options: unknown): TransactionOptions => options as TransactionOptions

it.each([
  [{ isolation: 'snapshot' }, /Unknown isolation 'snapshot'/],
  [{ isolation: 'serializable; drop table x' }, /Unknown isolation/],
  [{ isolation: 'repeatable reed' }, /Did you mean 'repeatable read'\?/],
  [{ readOnly: 'yes' }, /'readOnly' is true or false/],
  [{ readonly: true }, /Unknown transaction option 'readonly'. Did you mean 'readOnly'\?/],
])('%j is refused', (options, message) => {
  expect(() => begin(untyped(options))).toThrow(ArgumentError)
  expect(() => begin(untyped(options))).toThrow(message)
})
