// Why a connection could not be made, in words, with what to do about it.
import { ConnectError, ConnectionLostError, DriverError } from '@oriel/engine'
import { messageOf } from './message-of.ts'
import { describeTarget, type Target } from './target.ts'

type Reason = readonly [what: string, hint: string]

/** The ConnectError for whatever stopped a connection from being made. */
export function connectError(target: Target, cause: unknown): ConnectError {
  const [what, hint] = reason(target, cause)
  return new ConnectError(`Could not connect to ${describeTarget(target)}: ${what}`, { hint, cause })
}

/** The ConnectError for a server that did not answer in time. */
export function connectTimeout(target: Target, timeoutMs: number): ConnectError {
  return new ConnectError(`Could not connect to ${describeTarget(target)}: no answer within ${timeoutMs} ms`, {
    hint: 'Is the host reachable from here, and does a firewall let the port through?',
  })
}

function reason(target: Target, cause: unknown): Reason {
  const code = isPasswordMissing(cause) ? '28P01' : codeOf(cause)
  const known = code === undefined ? undefined : reasons[code]?.(target)
  if (known !== undefined) return known
  // An error of ours has its hint behind the message already.
  const message = messageOf(cause).split('\n', 1)[0] ?? ''
  const hint = cause instanceof ConnectError ? cause.hint : undefined
  return [message, hint ?? 'Check the address, and the server’s log.']
}

/** pg makes this error itself, without a code, where a server asks for a password and the address has none. */
function isPasswordMissing(cause: unknown): boolean {
  return messageOf(cause).includes('client password must be')
}

function codeOf(cause: unknown): string | undefined {
  if (cause instanceof DriverError) return cause.fields.sqlState
  if (cause instanceof ConnectionLostError) return codeOf(cause.cause)
  if (typeof cause !== 'object' || cause === null) return undefined
  const code: unknown = Reflect.get(cause, 'code')
  return typeof code === 'string' ? code : undefined
}

const reasons: Partial<Record<string, (target: Target) => Reason>> = {
  ECONNREFUSED: ({ host, port }) => [
    `nothing listens on port ${port}`,
    `Is the server running on ${host}, and is ${port} its port?`,
  ],
  ENOTFOUND: ({ host }) => [`there is no host named '${host}'`, 'Check the spelling of the host.'],
  EAI_AGAIN: ({ host }) => [
    `the name '${host}' could not be looked up`,
    'Is there a network, and does its DNS answer?',
  ],
  ENOENT: ({ host }) => [`there is no socket in '${host}'`, 'Is the server running, and is this its socket folder?'],
  '28P01': ({ user, password }) => [
    `the password of '${user}' was refused`,
    password === '' ? 'No password was given.' : 'Check user and password.',
  ],
  '28000': ({ user }) => [
    `'${user}' may not log in`,
    'Does the role exist, and does pg_hba.conf let it in from this host (with or without TLS)?',
  ],
  '3D000': ({ database }) => [
    `there is no database '${database}'`,
    `Create it (create database "${database.replaceAll('"', '""')}"), or check the name.`,
  ],
  '53300': () => ['the server has no connection left', 'Make the pool smaller, or raise max_connections.'],
  '57P03': () => ['the server is starting up or shutting down', 'Try again in a moment.'],
}
