// Records what a program of a page prints, sends and gives, block by block. Writes it as JSON to the file named by ORIEL_DOCS_RECORD.
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { format, inspect } from 'node:util'

interface Recording {
  printed: string[]
  sent: { text: string; params: unknown[] }[]
  value: string | null
  sql: string | null
}

const recordings: Record<number, Recording> = {}
let current: Recording = { printed: [], sent: [], value: null, sql: null }

console.log = (...args: unknown[]) => void current.printed.push(format(...args))

subscribe('tracing:oriel:execute:start', (message) => {
  const { text, params } = message as { text: string; params: unknown[] }
  current.sent.push({ text, params: [...params] })
})

/** Begins a block. */
export function block(index: number): void {
  current = { printed: [], sent: [], value: null, sql: null }
  recordings[index] = current
}

/** Keeps the value of a statement; the last one counts. */
export function value<T>(result: T): T {
  current.value = inspect(result, { breakLength: 100, depth: 6 })
  const candidate: unknown = result
  if (
    typeof candidate === 'object' &&
    candidate !== null &&
    'toSQL' in candidate &&
    typeof candidate.toSQL === 'function'
  )
    current.sql = candidate.toSQL().text
  return result
}

process.on('exit', () => {
  const path = process.env.ORIEL_DOCS_RECORD
  if (path)
    writeFileSync(
      path,
      JSON.stringify(recordings, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)),
    )
})
