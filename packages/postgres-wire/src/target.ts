// Where to connect and as whom: read from a URL or an object, with the PG* environment variables filling the gaps.
// Whatever is wrong with them is said here, and no message has the password in it.
import { userInfo } from 'node:os'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { ArgumentError, checkOptions, suggest } from '@oriel/sql'
import { refuseForeign } from './url-parameter.ts'

/** `require` encrypts without asking who answers; `verify-full` checks the certificate and its name. */
export type SslMode = 'disable' | 'prefer' | 'require' | 'verify-full'

/** The parts of a URL, for those who keep them apart. */
export interface PostgresAddress {
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly ssl?: SslMode | TlsOptions
  /** Settings of the session, such as `application_name` or `search_path`. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A complete address. The password is not enumerable, so that nothing prints it. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly ssl: SslMode | TlsOptions
  readonly parameters: Readonly<Record<string, string>>
}

/** `host:port/database as user`, for messages. */
export function describeTarget({ host, port, database, user }: Target): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database} as ${user}`
}

/** The target that a URL or an address stands for. Throws ArgumentError naming what is wrong; `door` is the function that was called. */
export function targetOf(source: string | PostgresAddress, door: string): Target {
  if (typeof source !== 'string' && (typeof source !== 'object' || source === null)) {
    throw new ArgumentError(`${door}() was given ${String(source)} instead of a URL`, {
      hint: `Is the environment variable that holds it set? ${example}`,
    })
  }
  if (typeof source !== 'string') checkAddress(source, door)
  const address = typeof source === 'string' ? parseUrl(source) : source
  const env = process.env
  const user = address.user || env.PGUSER || operatingSystemUser()
  const port = Number(address.port ?? env.PGPORT ?? 5432)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ArgumentError(`The port must be a whole number from 1 to 65535, and is ${port}`)
  }
  const target = {
    host: address.host || env.PGHOST || 'localhost',
    port,
    database: address.database || env.PGDATABASE || user,
    user,
    password: address.password || env.PGPASSWORD || '',
    ssl: address.ssl ?? 'disable',
    parameters: { application_name: env.PGAPPNAME ?? 'oriel', ...address.parameters },
  }
  return Object.defineProperty(target, 'password', { enumerable: false })
}

const example = 'It has the form postgres://user:password@host:5432/database'
const sslModes: readonly string[] = ['disable', 'prefer', 'require', 'verify-full'] satisfies SslMode[]
const isSslMode = (mode: string): mode is SslMode => sslModes.includes(mode)

const parts = ['host', 'port', 'database', 'user', 'password', 'ssl', 'parameters'] satisfies (keyof PostgresAddress)[]

/** A part that is misspelt, or whose variable is not set, would silently lead to another database. */
function checkAddress(address: PostgresAddress, door: string): void {
  checkOptions(address, parts, `The address of ${door}()`)
  const { ssl } = address
  if (typeof ssl === 'string' && !isSslMode(ssl))
    throw new ArgumentError(`The address of ${door}() has ssl: '${ssl}'`, {
      hint: suggest(ssl, sslModes, 'Modes'),
    })
}

function parseUrl(text: string): PostgresAddress {
  const url = parse(text)
  const { sslmode, host, port, ...parameters } = Object.fromEntries(url.searchParams)
  if (parameters.channel_binding === 'require') {
    throw new ArgumentError('The URL asks for channel_binding=require, which no driver here can do', {
      hint: 'Leave it out; sslmode=verify-full checks who answers.',
    })
  }
  delete parameters.channel_binding
  refuseForeign(parameters)
  if (sslmode !== undefined && !isSslMode(sslmode)) {
    throw new ArgumentError(`The URL has sslmode=${sslmode}`, { hint: `Known modes: ${sslModes.join(', ')}.` })
  }
  // As libpq has it, what stands behind the `?` wins: so a URL can name the folder of a socket.
  const givenPort = port ?? url.port
  return {
    host: host ?? decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    ...(givenPort ? { port: Number(givenPort) } : {}),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ...(sslmode === undefined ? {} : { ssl: sslmode }),
    parameters,
  }
}

function parse(text: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]
  if (scheme === undefined) throw wrongUrl(text === '' ? 'The URL is empty' : `The URL has no scheme: ${mask(text)}`)
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    throw wrongUrl(`The URL is not one of PostgreSQL: its scheme is '${scheme}', not 'postgres'`)
  }
  // An `@` behind the `?` belongs to a parameter, unless it is the only one: then the `?` stands in the password.
  const question = text.indexOf('?')
  const inFront = text.lastIndexOf('@', question < 0 ? text.length : question)
  const at = inFront >= 0 ? inFront : text.lastIndexOf('@')
  const credentials = text.slice(scheme.length + 3, Math.max(at, scheme.length + 3))
  const unsafe = /[\s/?#@[\]]/.exec(credentials)?.[0]
  if (unsafe !== undefined) {
    const code = `%${unsafe.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    throw wrongUrl(`The user or password in the URL has the character '${unsafe}', which is written ${code} there`)
  }
  if (/%(?![0-9a-f]{2})/i.test(credentials)) {
    throw wrongUrl("The user or password in the URL has the character '%', which is written %25 there")
  }
  const authority = text.slice(scheme.length + 3 + (credentials ? credentials.length + 1 : 0)).split(/[/?#]/)[0] ?? ''
  if (authority.includes(',')) throw wrongUrl('The URL names several hosts; one engine connects to one')
  const port = /:([^:\]]*)$/.exec(authority)?.[1]
  if (port !== undefined && port !== '' && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw wrongUrl(`The URL has the port '${port}', which is not a number up to 65535`)
  }
  try {
    const url = new URL(text)
    decodeURIComponent(url.pathname)
    return url
  } catch {
    // The parser's own error repeats the URL with its password, so it is not kept as cause.
    throw wrongUrl(`The URL cannot be read: ${mask(text)}`)
  }
}

function wrongUrl(message: string): ArgumentError {
  return new ArgumentError(message, { hint: example })
}

/** Nothing up to the last `@` is shown. */
function mask(text: string): string {
  const at = text.lastIndexOf('@')
  return at < 0 ? text : `***${text.slice(at)}`
}

function operatingSystemUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user may have no name.
    return 'postgres'
  }
}
