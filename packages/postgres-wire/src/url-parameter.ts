// What stands behind the `?` of a URL goes to the server as settings of the session. What people write there for other libraries, or for
// the engine, is no setting: the server would end the connection over it, at the first statement.
import { ArgumentError } from '@oriel/sql'

const pool = 'The pool belongs to the engine: createEngine(driver, { pool: { size: 20 } }).'
const encryption =
  'Encryption is sslmode=require in the URL, or ssl of an address given in parts: { host, ssl: { ca } }.'
const time = 'That is an option of the driver: connectTimeoutMs.'
const engine = 'That is an option of the engine: createEngine(driver, { … }).'
const search = 'Name the schema of an entity in @Entity, or set search_path in the URL.'

const hints: readonly (readonly [hint: string, ...names: readonly string[]])[] = [
  [pool, 'pool', 'pool_size', 'poolsize', 'size', 'max', 'max_overflow', 'maxoverflow', 'recyclems', 'preping'],
  [pool, 'connection_limit', 'pool_timeout', 'idle_timeout', 'max_lifetime'],
  [encryption, 'ssl', 'tls', 'sslcert', 'sslkey', 'sslrootcert', 'sslaccept'],
  [time, 'connect_timeout', 'connecttimeoutms'],
  [engine, 'echo', 'strict', 'timeoutms'],
  [search, 'schema'],
]

const elsewhere = new Map(hints.flatMap(([hint, ...names]) => names.map((name) => [name, hint] as const)))

/** Throws ArgumentError for a parameter that is no setting of a server. */
export function refuseForeign(parameters: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(parameters)) {
    const hint = elsewhere.get(name.toLowerCase())
    if (hint !== undefined)
      throw new ArgumentError(`The URL has the parameter '${name}', which is no setting of a PostgreSQL server`, {
        hint,
      })
  }
}
