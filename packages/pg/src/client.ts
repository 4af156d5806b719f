// A client of pg on a socket that is ours and connected already, passing every value on as the text it came as.
import type { Socket } from 'node:net'
import type { Target } from '@oriel/postgres-wire'
import pg from 'pg'

const unchanged = (text: string): string => text
/** pg has opinions about types; here nobody has one but the dialect's codecs. */
export const asText: pg.CustomTypesConfig = { getTypeParser: () => unchanged }

/** A client that will log in when its `connect` is called. It never gets another socket. */
export function pgOn(socket: Socket, target: Target): pg.Client {
  const { application_name, ...parameters } = target.parameters
  return new pg.Client({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    // As a function, so that an empty one is not looked for in the environment and in ~/.pgpass.
    password: () => target.password,
    ssl: false,
    ...(application_name === undefined ? {} : { application_name }),
    options: sessionOptions(parameters),
    types: asText,
    keepAlive: false,
    stream: () => connected(socket),
  })
}

/** pg connects the socket it is given. This one is told that it has. */
function connected(socket: Socket): Socket {
  socket.connect = () => {
    process.nextTick(() => socket.emit('connect'))
    return socket
  }
  return socket
}

/** The settings of a session, as a server takes them at log-in. */
function sessionOptions(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ')
}
