// The plugin: which hooks of Fastify open, find and end the scope of a request. How a request ends is request-end.ts.

import { ClosedError } from '@oriel/engine'
import { ScopedSession, type Session, type SessionFactory, type SessionScope, scopedSession } from '@oriel/orm'
import { ArgumentError, InvalidRequestError, suggest } from '@oriel/sql'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { RequestEnd } from './request-end.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of this request, opened when it is first read. What it did is committed or rolled back by the outcome. */
    readonly session: Session
  }
}

/** What a session of a request is opened with. */
export type RequestOpenOptions = NonNullable<Parameters<SessionFactory['open']>[0]>

/** Options of the plugin. */
export interface RequestSessionOptions {
  /** Where sessions come from: a factory, or a scoped session whose `current()` is to find the request's. */
  readonly sessions: SessionFactory | ScopedSession
  /** Which outcome is committed, where nothing threw. By default a status below 400. */
  readonly commitWhen?: (request: FastifyRequest, reply: FastifyReply) => boolean
  /** What this request's session is opened with, such as `{ readOnly: request.method === 'GET' }`. */
  readonly open?: (request: FastifyRequest) => RequestOpenOptions
  /** The name of the request's property. By default `session`. */
  readonly property?: string
}

const known = ['sessions', 'commitWhen', 'open', 'property']
/** What Fastify itself takes beside a plugin's options. */
const fastifys = ['prefix', 'logLevel', 'logSerializers']

const plugin: FastifyPluginAsync<RequestSessionOptions> = async (fastify, options) => register(fastify, options)

/**
 * One session per request: `await app.register(requestSession, { sessions })`, then `request.session`, or `current()` in what a handler
 * calls. Opened when it is read, committed before the reply is sent, rolled back where the handler throws, times out, replies with an error,
 * or the client goes away, and closed in each case. A reply that is a stream keeps it until the stream has ended.
 */
export const requestSession: FastifyPluginAsync<RequestSessionOptions> = Object.assign(plugin, {
  // Hooks and decorators are for the routes beside the plugin, not for those inside of it.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@oriel/fastify',
  [Symbol.for('plugin-meta')]: { name: '@oriel/fastify', fastify: '5.x' },
})

function register(fastify: FastifyInstance, options: RequestSessionOptions): void {
  const property = checked(fastify, options)
  const { commitWhen = isSuccess, open } = options
  const db = options.sessions instanceof ScopedSession ? options.sessions : scopedSession(options.sessions)
  const ends = new WeakMap<FastifyRequest, RequestEnd>()
  const scopeOf = (request: FastifyRequest): SessionScope => {
    const end = ends.get(request)
    if (end) return end.scope
    throw new ClosedError(`request.${property} was read before the request's first hook.`, {
      hint: 'Register @oriel/fastify before what reads the session.',
    })
  }

  fastify.decorateRequest(property, {
    getter(this: FastifyRequest): Session {
      return scopeOf(this).session
    },
  })

  fastify.addHook('onRequest', (request, reply, done) => {
    const over = new AbortController()
    const { signal, ...others } = open?.(request) ?? {}
    // Whoever is first ends the statement: the request's own end, or the signal that was given.
    const either = signal ? AbortSignal.any([over.signal, signal]) : over.signal
    const end = new RequestEnd(db.open({ ...others, signal: either }), over, {
      log: request.log,
      isHead: request.method === 'HEAD',
      isSuccess: () => commitWhen(request, reply),
    })
    ends.set(request, end)
    // Comes once, whatever becomes of the request: behind a reply, a stream, a client that went away.
    reply.raw.once('close', () => end.closed(reply.raw.writableFinished))
    end.scope.enter(done)
  })

  // A body arrives in the events of the socket, which know nothing of the request's scope.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const end = ends.get(request)
    if (end) end.scope.enter(done)
    else done()
  })

  fastify.addHook('onError', async (request, _reply, error) => {
    await ends.get(request)?.failed(error)
  })

  fastify.addHook('onSend', async (request, _reply, payload) => {
    const end = ends.get(request)
    // A route commits behind its last hook. What has no route, such as the handler of 404, has this one only.
    return end?.isHandled ? await end.preparing(payload) : await end?.sending(payload)
  })

  fastify.addHook('onRoute', (route) => {
    const { handler, onSend = [] } = route
    route.handler = function (request, reply) {
      const handled = (): unknown => handler.call(this, request, reply)
      const end = ends.get(request)
      return end ? end.handle(handled) : handled()
    }
    // Behind all hooks of the application: what one of them throws is not committed.
    route.onSend = [
      ...(Array.isArray(onSend) ? onSend : [onSend]),
      async (request, _reply, payload) => await ends.get(request)?.sending(payload),
    ]
  })
}

function isSuccess(_request: FastifyRequest, reply: FastifyReply): boolean {
  return reply.statusCode < 400
}

/** The name of the property. Throws ArgumentError for options that cannot be, InvalidRequestError for a name that is taken. */
function checked(fastify: FastifyInstance, options: RequestSessionOptions): string {
  for (const name of Object.keys(options))
    if (![...known, ...fastifys].includes(name))
      throw new ArgumentError(`@oriel/fastify has no option '${name}'.`, { hint: suggest(name, known, 'Options') })
  if (!options.sessions)
    throw new ArgumentError('@oriel/fastify needs the sessions of an engine.', {
      hint: 'app.register(requestSession, { sessions: sessionFactory(engine) })',
    })
  const property = options.property ?? 'session'
  if (fastify.hasRequestDecorator(property))
    throw new InvalidRequestError(`request.${property} is there already: another plugin has put it there.`, {
      hint: "Give this one another name: { sessions, property: 'database' }.",
    })
  return property
}
