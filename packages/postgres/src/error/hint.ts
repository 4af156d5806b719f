// What to do about a server error, by SQLSTATE. The server's own hint goes first: it knows the names.

const nextAttempt = 'Run the whole transaction again, from its first statement: `retry` does that.'
const thereAlready =
  'It is there already, perhaps from an earlier run: createAll(engine, { ifNotExists: true }) leaves alone what is there.'

const hints: ReadonlyMap<string, string> = new Map([
  ['40001', nextAttempt],
  ['40P01', nextAttempt],
  ['22007', "Write a date as '2024-12-31', and a time with it as '2024-12-31 23:59:59'."],
  [
    '25P02',
    'Roll back. To go on after an error that you expect, run what may fail in a nested transaction (a savepoint).',
  ],
  ['25006', 'The transaction is read only: begin one that may write.'],
  [
    '21000',
    'One statement may touch a row once: remove duplicates of the key from its rows, or make the subquery give one row.',
  ],
  [
    '42P01',
    'Does the table exist in this database? createAll(engine) creates what is mapped; search_path decides where names are looked up.',
  ],
  ['42P07', thereAlready],
  ['42710', thereAlready],
  ['42703', 'Does the column exist in this database? The mapping and the schema may differ.'],
  ['42P18', 'The server cannot tell the type of a parameter: cast it.'],
  [
    '42P20',
    "Windows are computed after WHERE: select them in a CTE or subquery, such as .cte('ranked'), and filter outside. In a SELECT, .qualify(…) does that.",
  ],
  ['42803', 'Group by the column, or put it into an aggregate.'],
  ['42501', 'The role of this connection lacks a privilege: see GRANT.'],
  ['3F000', 'Create the schema, or name another one.'],
  ['53300', 'The server has no connection left: make the pool smaller, or put a pooler in front.'],
  ['55P03', 'Another transaction holds the lock: wait longer (lock_timeout), try again, or skip locked rows.'],
  ['57014', 'The statement was cancelled, by a caller or by statement_timeout.'],
  ['57P01', 'The server ended this connection: run the transaction again on a new one.'],
])

/** A column is named where it cannot be: in three clauses, each with a way out of its own. */
function invalidColumn(text: string): string | undefined {
  if (/\bon conflict\b/i.test(text))
    return 'ON CONFLICT needs a unique constraint or unique index over exactly these columns.'
  if (/\bdistinct on\b/i.test(text)) return 'Order by the keys of .distinctOn(…) first, then by what picks the row.'
  if (/\bdistinct\b/i.test(text))
    return 'SELECT DISTINCT is ordered by what it selects: select it as well, or group by it.'
  return undefined
}

/** The way out of an error, if there is a usual one. `text`: the statement. */
export function hintFor(sqlState: string, serverHint: string | undefined, text = ''): string | undefined {
  // Oriel reads one DateStyle only, so the server's advice to change it leads astray.
  if (sqlState === '22008' && serverHint && /datestyle/i.test(serverHint)) return hints.get('22007')
  // A recursive CTE: the server's advice is right, but nobody writes its «non-recursive term» here.
  if (sqlState === '42804' && /\brecursive\b/i.test(text) && /non-recursive/.test(serverHint ?? ''))
    return 'Cast the column in the query that the CTE begins with to the type of its step, such as .cast(t.numeric()).'
  if (sqlState === '42P10') return serverHint ?? invalidColumn(text)
  return serverHint ?? hints.get(sqlState)
}
