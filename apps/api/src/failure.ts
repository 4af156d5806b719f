// What went wrong, as the client is told: a status, a word for programs, a sentence for people, and the properties that it is about.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import {
  CheckViolationError,
  CommitUnknownError,
  DataError,
  ForeignKeyViolationError,
  NoResultFoundError,
  NotNullViolationError,
  PoolTimeoutError,
  UniqueViolationError,
} from 'oriel'
import { ZodError } from 'zod'

export interface Failure {
  readonly status: number
  readonly error: string
  readonly message: string
  readonly issues?: readonly { readonly property: string; readonly message: string }[]
}

/** There is no room for this request now; there will be. */
export class Busy extends Error {
  override readonly name = 'Busy'
}

/** Tells the client by the error's meaning. What is the server's own fault is logged, and not told. */
export function answerFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, ...body } = failureOf(error)
  if (status >= 500 && !(error instanceof Busy)) request.log.error({ err: error }, 'A request failed.')
  // Nothing was made that could be found there.
  reply.removeHeader('location')
  if (status === 503) reply.header('retry-after', '5')
  return reply.code(status).send(body)
}

function failureOf(error: FastifyError | Error): Failure {
  // Below the first line stands what helps who wrote the statement.
  const [message = ''] = error.message.split('\n')
  if (error instanceof ZodError)
    return {
      status: 422,
      error: 'invalid',
      message: 'Some properties cannot be taken.',
      issues: error.issues.map(({ path, message }) => ({ property: path.join('.'), message })),
    }
  if (error instanceof NoResultFoundError) return { status: 404, error: 'not-found', message }
  if (error instanceof UniqueViolationError) return { status: 409, error: 'taken', message }
  if (error instanceof ForeignKeyViolationError) return { status: 409, error: 'reference', message }
  if (error instanceof CheckViolationError || error instanceof NotNullViolationError || error instanceof DataError)
    return { status: 422, error: 'invalid', message }
  if (error instanceof Busy || error instanceof PoolTimeoutError)
    return { status: 503, error: 'busy', message: 'The server has too much to do. Ask again in a while.' }
  if (error instanceof CommitUnknownError)
    return {
      status: 500,
      error: 'unknown',
      message: 'Nobody knows whether it was stored. Look before you send it again.',
    }
  const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : 500
  if (status < 500) return { status, error: 'request', message }
  return { status, error: 'server', message: 'The server failed.' }
}
