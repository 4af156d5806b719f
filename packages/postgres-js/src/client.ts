// A postgres.js that lives on one socket and never gets another, and that passes every value on as the text it came as.
import { ClosedError } from '@oriel/engine'
import type { Target } from '@oriel/postgres-wire'
import postgres from 'postgres'
import type { TappedSocket } from './tapped-socket.ts'

/** A statement whose rows do not come this way. */
export type Query = postgres.PendingQuery<never[]>

/** `socket` is read by postgres.js, and missing from its types. */
type ClientOptions = postgres.Options<{ text: postgres.PostgresType<string> }> & {
  readonly socket: () => Promise<TappedSocket>
}

/** The types that postgres.js has opinions about: bool, bytea, int8, int2, int4, text, oid, json, float4, float8, date, timestamp, timestamptz, jsonb. */
const convertedTypes = [16, 17, 20, 21, 23, 25, 26, 114, 700, 701, 1082, 1114, 1184, 3802]
const unchanged = (text: string) => text

/** What a connection needs of postgres.js. */
export interface ClientContext {
  readonly target: Target
  readonly onNotice: ((notice: postgres.Notice) => void) | undefined
}

/** A postgres.js on this socket. A second request for a socket, which is how it reconnects, is refused. */
export function postgresJsOn(socket: TappedSocket, { target, onNotice }: ClientContext): postgres.Sql {
  let isTaken = false
  const options: ClientOptions = {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    connection: target.parameters,
    max: 1,
    ssl: false,
    prepare: true,
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 0,
    keep_alive: null,
    target_session_attrs: undefined,
    onnotice: onNotice ?? (() => {}),
    types: { text: { to: 25, from: convertedTypes, serialize: unchanged, parse: unchanged } },
    socket: async () => {
      // The library catches this and rejects what waits with it; it never reaches a caller, who has the connection's own error.
      if (isTaken || socket.destroyed) throw new ClosedError('This connection has had its socket')
      isTaken = true
      return socket
    },
  }
  return postgres(options)
}
