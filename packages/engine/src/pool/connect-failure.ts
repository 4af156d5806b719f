// What is said when no connection can be made: where to, why, and what to look at. Never a password.
import { DriverError } from '../driver.ts'
import { ConnectError } from '../error.ts'

/** By SQLSTATE, or by the operating system's code. */
const hints: Readonly<Record<string, string>> = {
  '28P01': 'The server refused the password: check user and password.',
  '28000': 'The server refused this user: check the user and the server’s access rules.',
  '3D000': 'There is no such database: create it, or check the name.',
  '53300': 'The server has no connection left: lower pool.size, or raise its limit.',
  '57P03': 'The server is starting or stopping: try again in a moment.',
  ECONNREFUSED: 'Nothing listens there: check host and port, and that the server runs.',
  ENOTFOUND: 'The host name is not known: check its spelling.',
  ETIMEDOUT: 'The host does not answer: check the address and the firewall.',
}

/** The ConnectError for what a driver rejected with. Made by the caller, so that the stack is theirs. */
export function connectFailure(target: string, error: unknown): ConnectError {
  const reason = withoutPassword(
    error instanceof Error && error.message ? error.message : codeOf(error) || String(error),
  )
  const hint = hints[codeOf(error)]
  const cause = error instanceof DriverError ? (error.cause ?? error) : error
  if (error instanceof ConnectError) return new ConnectError(reason, { cause: error.cause })
  return new ConnectError(`No connection to ${target}: ${reason}`, { cause, ...(hint && { hint }) })
}

function codeOf(error: unknown): string {
  if (error instanceof DriverError) return error.fields.sqlState
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses were tried (localhost is ::1 and 127.0.0.1): the first failure stands for all.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0])
  return ''
}

function withoutPassword(text: string): string {
  return text.replace(/(:\/\/[^:/?#\s]*:)[^@\s]*@/g, '$1***@')
}
