// Reads what the database answered to one batch of messages: columns, rows as text by position, the count, the first error.
import type { messages as m } from '@electric-sql/pglite'
import type { WireColumn, WireResult, WireRow } from '@oriel/engine'

type Message = m.BackendMessage

export interface Answer {
  readonly columns: readonly WireColumn[]
  readonly rows: readonly WireRow[]
  /** As the command tag has it: `INSERT 0 5`. */
  readonly tag: string
  readonly error: m.DatabaseError | undefined
  readonly isParsed: boolean
  /** Outside any transaction after the answer. */
  readonly isIdle: boolean
}

/** The messages of one answer, put together. */
export function readAnswer(messages: readonly Message[]): Answer {
  let columns: WireColumn[] = []
  const rows: WireRow[] = []
  let tag = ''
  let error: m.DatabaseError | undefined
  let isParsed = false
  let isIdle = false
  for (const message of messages) {
    if (isRow(message)) rows.push(message.fields)
    else if (isDescription(message))
      columns = message.fields.map((field) => ({ name: field.name, oid: field.dataTypeID >>> 0 }))
    else if (isComplete(message)) tag = message.text
    else if (isError(message)) error ??= message
    else if (isReady(message)) isIdle = message.status === 'I'
    else if (message.name === 'parseComplete') isParsed = true
  }
  return { columns, rows, tag, error, isParsed, isIdle }
}

/** The answer to a statement that succeeded. */
export function wireResult({ columns, rows, tag }: Answer): WireResult {
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  const rowCount = Number.isInteger(count) && tag !== '' ? count : 0
  const command = tag.split(' ', 1)[0]
  return { columns, rows, rowCount, ...(command ? { command } : {}) }
}

// PGlite types its messages by class, and a class of another copy of the package would not be the same: the name decides.
const isRow = (message: Message): message is m.DataRowMessage => message.name === 'dataRow'
const isDescription = (message: Message): message is m.RowDescriptionMessage => message.name === 'rowDescription'
const isComplete = (message: Message): message is m.CommandCompleteMessage => message.name === 'commandComplete'
const isReady = (message: Message): message is m.ReadyForQueryMessage => message.name === 'readyForQuery'
const isError = (message: Message): message is m.DatabaseError => message.name === 'error'
