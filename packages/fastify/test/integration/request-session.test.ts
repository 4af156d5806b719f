// A session per request, on a real port: by which outcomes it is committed, and that it is closed whatever happens.
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { requestSession } from '@oriel/fastify'
import { describeLane, laneName } from '@oriel/testing'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import {
  ArgumentError,
  ClosedError,
  current,
  InvalidRequestError,
  type Session,
  select,
  sql,
  UniqueViolationError,
} from 'oriel'
import {
  type Database,
  eventually,
  Guest,
  guest,
  leave,
  openDatabase,
  register,
  type Served,
  type Serving,
  serve,
  signal,
} from '../fixture/served.ts'

describeLane('request.session', (lane) => {
  let database: Database
  let served: Served | undefined
  const start = async (routes: (app: FastifyInstance) => void, serving?: Serving): Promise<Served> => {
    served = await serve(database, routes, serving)
    return served
  }
  const errors: string[] = []
  /** A logger that keeps what errors said. */
  const logged = {
    level: 'error',
    stream: { write: (line: string) => errors.push((JSON.parse(line) as { err: { message: string } }).err.message) },
  }
  const idle = (): void => expect(database.engine.pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })

  beforeAll(async () => {
    database = await openDatabase(lane())
  })
  afterAll(() => database.engine.close())
  beforeEach(async () => {
    await database.engine.execute(sql`truncate guests`)
    database.sent.length = 0
    errors.length = 0
  })
  afterEach(async () => {
    await served?.app.close()
    await eventually(idle)
  })

  describe('by the outcome', () => {
    it('borrows nothing for a handler that never touches it', async () => {
      const borrowed: unknown[] = []
      const off = database.engine.on('checkout', (event) => borrowed.push(event))
      const { url } = await start((app) => app.get('/', async () => 'hello'))
      expect(await (await fetch(url)).text()).toBe('hello')
      expect([database.sent, borrowed]).toEqual([[], []])
      off()
    })

    it('is committed before the reply is sent', async () => {
      const { url } = await start((app) =>
        app.get('/', async ({ session }, reply) => {
          session.add(guest('ann'))
          return reply.code(201).send({ waiting: session.new.size })
        }),
      )
      const reply = await fetch(url)
      expect([reply.status, await reply.json()]).toEqual([201, { waiting: 1 }])
      idle()
      expect(await database.names()).toEqual(['ann'])
    })

    it('is rolled back where the handler throws', async () => {
      const { url } = await start((app) =>
        app.get('/', async ({ session }) => {
          session.add(guest('ann'))
          await session.flush()
          throw new RangeError('no')
        }),
      )
      expect((await fetch(url)).status).toBe(500)
      idle()
      expect(await database.names()).toEqual([])
    })

    it('is rolled back before an error handler writes the reply, whatever status that gives', async () => {
      const { url } = await start((app) => {
        app.setErrorHandler(async (_error, request, reply) => {
          idle()
          expect(() => request.session).toThrow(ClosedError)
          return reply.code(200).send({ sorry: await database.names() })
        })
        app.get('/', async ({ session }) => {
          session.add(guest('ann'))
          await session.flush()
          throw new RangeError('no')
        })
      })
      const reply = await fetch(url)
      expect([reply.status, await reply.json()]).toEqual([200, { sorry: [] }])
    })

    it('is rolled back where the reply says that it was an error, unless told otherwise', async () => {
      const routes = (app: FastifyInstance): void => {
        app.get('/:status', async ({ session, params }, reply) => {
          const { status } = params as { status: string }
          session.add(guest(status))
          return reply.code(Number(status)).send()
        })
      }
      const { url } = await start(routes)
      for (const status of [200, 302, 404, 422, 503]) await fetch(`${url}/${status}`, { redirect: 'manual' })
      expect(await database.names()).toEqual(['200', '302'])
      await served?.app.close()
      const other = await start(routes, { plugin: { commitWhen: (_request, reply) => reply.statusCode !== 503 } })
      for (const status of [404, 503]) await fetch(`${other.url}/${status}`)
      expect(await database.names()).toEqual(['200', '302', '404'])
    })

    it('tells the client where the commit is refused, and stores nothing', async () => {
      const { url } = await start((app) => {
        app.setErrorHandler(async (error, _request, reply) => {
          const isTaken = error instanceof UniqueViolationError
          return reply.code(isTaken ? 409 : 500).send({ property: isTaken ? error.property : null })
        })
        app.get('/', async ({ session }, reply) => {
          session.addAll([guest('eve'), guest('ann'), guest('ann')])
          return reply.code(201).send()
        })
      })
      const reply = await fetch(url)
      expect([reply.status, await reply.json()]).toEqual([409, { property: 'name' }])
      idle()
      expect(await database.names()).toEqual([])
    })

    it('is rolled back where a hook that comes later refuses to send the reply', async () => {
      const { url } = await start((app) => {
        app.addHook('onSend', async () => {
          throw new RangeError('not like this')
        })
        app.get('/', async ({ session }) => {
          session.add(guest('ann'))
          return 'done'
        })
        app.get('/own', { onSend: async () => Promise.reject(new RangeError('nor this')) }, async ({ session }) => {
          session.add(guest('bob'))
          return 'done'
        })
      })
      expect([(await fetch(url)).status, (await fetch(`${url}/own`)).status]).toEqual([500, 500])
      idle()
      expect(await database.names()).toEqual([])
    })

    it('is committed with the reply, whatever the handler throws behind it', async () => {
      const { url } = await start((app) =>
        app.get('/', async ({ session }, reply) => {
          session.add(guest('ann'))
          reply.send('done')
          await new Promise((resolve) => setTimeout(resolve, 5))
          throw new RangeError('too late')
        }),
      )
      const reply = await fetch(url)
      expect([reply.status, await reply.text()]).toEqual([200, 'done'])
      expect(await database.names()).toEqual(['ann'])
    })

    it('is committed by a handler of its own for what is not there', async () => {
      const { url } = await start((app) =>
        app.setNotFoundHandler(async (request, reply) => {
          request.session.add(guest(request.url))
          return reply.code(200).send()
        }),
      )
      expect((await fetch(`${url}/nowhere`)).status).toBe(200)
      expect(await database.names()).toEqual(['/nowhere'])
    })

    it('lets callbacks behind the commit find it', async () => {
      const found: unknown[] = []
      const { url } = await start((app) =>
        app.get('/', async ({ session }) => {
          session.add(guest('ann'))
          session.afterCommit(() => found.push(current() === session))
        }),
      )
      await fetch(url)
      expect(found).toEqual([true])
    })

    it('refuses to commit what nobody awaited', async () => {
      const { url } = await start((app) =>
        app.get('/', async ({ session }) => {
          session.add(guest('ann'))
          session
            .scalars(select(Guest))
            .all()
            .catch(() => {})
          return 'done'
        }),
      )
      const reply = await fetch(url)
      expect(reply.status).toBe(500)
      const { message } = (await reply.json()) as { message: string }
      expect(message).toContain('was called while scalars() was under way')
      // What a client is told names no file of the server.
      expect(message).not.toContain('.ts')
      await eventually(idle)
      expect(await database.names()).toEqual([])
    })
  })

  it('is found by current(), also behind a body that arrived in pieces', async () => {
    const { url } = await start((app) => {
      app.addHook('preHandler', async (request) => {
        expect(current()).toBe(request.session)
      })
      app.post('/', async (request) => ({
        id: await register((request.body as { name: string }).name),
        same: current() === request.session,
      }))
    })
    const body = new ReadableStream({
      async start(controller) {
        for (const part of ['{"name"', ':"ann', '"}']) {
          controller.enqueue(new TextEncoder().encode(part))
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        controller.close()
      },
    })
    const headers = { 'content-type': 'application/json' }
    const reply = await fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    expect(await reply.json()).toMatchObject({ same: true })
    expect(await database.names()).toEqual(['ann'])
  })

  it('is one per request, however requests interleave', async () => {
    const seen = new Set<Session>()
    const { url } = await start((app) =>
      app.get('/:name', async (request) => {
        const { name } = request.params as { name: string }
        const { session } = request
        seen.add(session)
        await register(name)
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
        expect(current()).toBe(session)
        if (name.endsWith('7')) throw new RangeError(name)
        return name
      }),
    )
    const names = Array.from({ length: 30 }, (_, n) => `guest ${n}`)
    const replies = await Promise.all(names.map((name) => fetch(`${url}/${name}`)))
    expect(replies.filter(({ status }) => status === 500).length).toBe(3)
    expect(seen.size).toBe(30)
    expect(await database.names()).toEqual(names.filter((name) => !name.endsWith('7')).sort())
  })

  describe('is closed and rolled back', () => {
    it('where the client goes away while the handler works', async () => {
      const [entered, left] = [signal(), signal()]
      let late: unknown
      const { port } = await start((app) =>
        app.get('/', async (request) => {
          const { session } = request
          await register('ann')
          entered.give()
          await left.given
          late = await session.flush().then(
            () => null,
            (error: unknown) => error,
          )
          expect(() => request.session).toThrow(ClosedError)
          return 'nobody reads this'
        }),
      )
      await leave(port, '/', () => entered.given)
      await eventually(idle)
      left.give()
      await eventually(() => expect(late).toBeInstanceOf(ClosedError))
      expect(await database.names()).toEqual([])
    })

    it('where the client goes away before the handler touches it', async () => {
      const [entered, left] = [signal(), signal()]
      let late: unknown
      const { port } = await start((app) =>
        app.get('/', async (request) => {
          entered.give()
          await left.given
          try {
            request.session.add(guest('ann'))
          } catch (error) {
            late = error
            throw error
          }
        }),
      )
      await leave(port, '/', () => entered.given)
      await new Promise((resolve) => setTimeout(resolve, 50))
      left.give()
      await eventually(() => expect(late).toBeInstanceOf(ClosedError))
      expect(await database.names()).toEqual([])
    })

    if (laneName() !== 'pglite')
      it('at once where the client goes away during a statement: the server is told to end it', async () => {
        const entered = signal()
        const { port } = await start((app) =>
          app.post('/', async ({ session }) => {
            session.add(guest('ann'))
            await session.flush()
            const sleeping = session.execute(sql`select pg_sleep(60)`)
            entered.give()
            return await sleeping.all()
          }),
        )
        await leave(port, 'POST /', async () => {
          await entered.given
          await new Promise((resolve) => setTimeout(resolve, 50))
        })
        await eventually(idle)
        expect(await database.names()).toEqual([])
      })

    it('where the handler is out of time, while the client is told', async () => {
      const [entered, over] = [signal(), signal()]
      let late: unknown
      const { url } = await start(
        (app) =>
          app.get('/', async ({ session }) => {
            await register('ann')
            entered.give()
            await over.given
            late = await session.flush().then(
              () => null,
              (error: unknown) => error,
            )
          }),
        { server: { handlerTimeout: 100 } },
      )
      const reply = fetch(url)
      await entered.given
      expect((await reply).status).toBe(503)
      await eventually(idle)
      over.give()
      await eventually(() => expect(late).toBeInstanceOf(ClosedError))
      expect(await database.names()).toEqual([])
    })
  })

  describe('behind a reply that is a stream', () => {
    const lines = async function* (
      session: Session,
      more: () => Promise<unknown> = async () => {},
    ): AsyncGenerator<string> {
      for (let n = 1; n <= 3; n++) {
        session.add(guest(`line ${n}`))
        await session.flush()
        yield `${n}\n`
        await more()
      }
    }

    it.each(['a Node stream', 'a Web stream', 'a Response'])(
      'is open until %s has ended, and is committed then',
      async (kind) => {
        const { url } = await start((app) =>
          app.get('/', (request, reply) => {
            const stream = Readable.from(lines(request.session), { objectMode: false })
            const web = () => Readable.toWeb(stream) as ReadableStream
            reply.send(kind === 'a Node stream' ? stream : kind === 'a Web stream' ? web() : new Response(web()))
          }),
        )
        expect(await (await fetch(url)).text()).toBe('1\n2\n3\n')
        await eventually(idle)
        expect(await database.names()).toEqual(['line 1', 'line 2', 'line 3'])
      },
    )

    it('is rolled back where the stream fails', async () => {
      const { url } = await start((app) =>
        app.get('/', (request, reply) => {
          let left = 2
          const more = async (): Promise<void> => {
            if (--left === 0) throw new RangeError('no more lines')
          }
          reply.send(Readable.from(lines(request.session, more), { objectMode: false }))
        }),
      )
      await expect(fetch(url).then((reply) => reply.text())).rejects.toThrow()
      await eventually(idle)
      expect(await database.names()).toEqual([])
    })

    it('is rolled back where the client goes away', async () => {
      const [entered, left] = [signal(), signal()]
      const { port } = await start((app) =>
        app.get('/', (request, reply) => {
          const more = async (): Promise<void> => {
            entered.give()
            await left.given
          }
          reply.send(Readable.from(lines(request.session, more), { objectMode: false }))
        }),
      )
      await leave(port, '/', () => entered.given)
      await eventually(idle)
      left.give()
      expect(await database.names()).toEqual([])
    })

    it('is rolled back where nobody can say whether it is to be committed', async () => {
      const { url } = await start(
        (app) =>
          app.get('/', (request, reply) => {
            reply.send(Readable.from(lines(request.session), { objectMode: false }))
          }),
        {
          plugin: {
            commitWhen: () => {
              throw new RangeError('who knows')
            },
          },
          server: { logger: logged },
        },
      )
      expect(await (await fetch(url)).text()).toBe('1\n2\n3\n')
      await eventually(idle)
      expect(errors).toEqual(['who knows'])
      expect(await database.names()).toEqual([])
    })

    it.each(['a Node stream', 'a Web stream'])('reads nothing of %s where the head only is asked for', async (kind) => {
      const more = signal()
      const { url } = await start(
        (app) => {
          const handler = (request: FastifyRequest, reply: FastifyReply): void => {
            request.session.add(guest(`${request.method} ${request.url}`))
            const stream = Readable.from(
              lines(request.session, () => more.given),
              { objectMode: false },
            )
            reply.send(kind === 'a Node stream' ? stream : Readable.toWeb(stream))
          }
          app.get('/', handler)
          app.head('/own', handler)
        },
        { server: { logger: logged } },
      )
      for (const path of ['/', '/own']) {
        const reply = await fetch(url + path, { method: 'HEAD' })
        expect([reply.status, await reply.text()]).toEqual([200, ''])
        idle()
      }
      more.give()
      expect(errors).toEqual([])
      expect(await database.names()).toEqual(['HEAD /', 'HEAD /own'])
    })

    it('is committed once the handler has ended too, and rolled back where that throws behind a reply by hand', async () => {
      const { url } = await start((app) =>
        app.get('/:name', async (request, reply) => {
          const { name } = request.params as { name: string }
          reply.hijack()
          await register(name)
          reply.raw.end('by hand')
          await new Promise((resolve) => setTimeout(resolve, 20))
          await register(`${name} again`)
          if (name === 'bob') throw new RangeError('no')
        }),
      )
      for (const name of ['ann', 'bob']) expect(await (await fetch(`${url}/${name}`)).text()).toBe('by hand')
      await eventually(idle)
      await eventually(async () => expect(await database.names()).toEqual(['ann', 'ann again']))
    })

    it('is open until a reply that the handler writes by itself has ended', async () => {
      const { url } = await start((app) =>
        app.get('/', async (_request, reply) => {
          reply.hijack()
          await register('ann')
          reply.raw.end('by hand')
        }),
      )
      expect(await (await fetch(url)).text()).toBe('by hand')
      await eventually(idle)
      await eventually(async () => expect(await database.names()).toEqual(['ann']))
    })
  })

  describe('options', () => {
    it('open the session as the request asks', async () => {
      const { url } = await start(
        (app) =>
          app.get('/', async ({ session }) => {
            session.add(guest('ann'))
            await session.flush()
          }),
        { plugin: { open: ({ method }) => ({ readOnly: method === 'GET' }) } },
      )
      const reply = await fetch(url)
      expect([reply.status, ((await reply.json()) as { message: string }).message]).toEqual([
        500,
        expect.stringContaining('read-only transaction'),
      ])
      expect(database.sent[0]).toBe('begin read only')
    })

    if (laneName() !== 'pglite')
      it('have a signal beside that of the request: either ends the statement', async () => {
        const entered = signal()
        const own = new AbortController()
        const { port, url } = await start(
          (app) =>
            app.get('/', async ({ session }) => {
              const sleeping = session.execute(sql`select pg_sleep(60)`).all()
              entered.give()
              return await sleeping
            }),
          { plugin: { open: () => ({ signal: own.signal }) } },
        )
        await leave(port, '/', async () => {
          await entered.given
          await new Promise((resolve) => setTimeout(resolve, 50))
        })
        await eventually(idle)
        const reply = fetch(url)
        await eventually(() => expect(database.engine.pool.stats().inUse).toBe(1))
        own.abort(new RangeError('enough'))
        expect(await (await reply).json()).toMatchObject({
          // Whether it was sent by then is left open.
          message: expect.stringContaining('its signal was aborted'),
        })
      })

    it('give the property another name', async () => {
      const { url } = await start(
        (app) =>
          app.get('/', async (request) => 'session' in request || Reflect.get(request, 'database') === current()),
        { plugin: { property: 'database' } },
      )
      expect(await (await fetch(url)).text()).toBe('true')
    })

    it('refuse what is unknown, what is missing, and a name that is taken', async () => {
      const app = Fastify()
      const sessions = database.db
      await expect(app.register(requestSession, { sessions, propery: 'x' } as never)).rejects.toThrow(ArgumentError)
      const missing = Fastify()
      await expect(missing.register(requestSession, {} as never)).rejects.toThrow('needs the sessions of an engine')
      const twice = Fastify()
      await twice.register(requestSession, { sessions })
      await expect(twice.register(requestSession, { sessions })).rejects.toThrow(InvalidRequestError)
    })
  })
})
