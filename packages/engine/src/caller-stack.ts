// Errors begin at the caller's line: their stack is taken where the public call is awaited, and Oriel's own lines are left out.
// No stack is taken where nothing fails.
import { OrielError } from '@oriel/sql'

const taken = new WeakSet<object>()
const here = new URL('.', import.meta.url).pathname
/** The most frames of ours that lie between two of the user's. */
const ownFrames = 20

/** The error, with a stack from here outwards through the awaits. Once: an error that goes on through other calls keeps its place. */
export function atCaller(error: unknown): unknown {
  if (!(error instanceof OrielError) || taken.has(error)) return error
  taken.add(error)
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = limit + ownFrames
  Error.captureStackTrace(error, atCaller)
  // Read while the limit is raised: the text is made at the first reading.
  const { stack } = error
  Error.stackTraceLimit = limit
  if (typeof stack === 'string') error.stack = ofTheUser(stack, limit)
  return error
}

/** Something that knows where it was made. */
export interface Place {
  readonly stack?: string
}

/** Where the program is now. Costs a stack: only where somebody asked for it. */
export function placeHere(): Place {
  const place: Place = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = limit + ownFrames
  Error.captureStackTrace(place, placeHere)
  Error.stackTraceLimit = limit
  return place
}

/** ` (at createUser (app.ts:12:3))`: the first line that is the user's, or an empty text where the stack does not tell. */
export function callerFrame(place: Place | null): string {
  const frame = (place?.stack ?? '').split('\n').find((line) => isFrame(line) && !isOwn(line))
  return frame ? ` (${frame.trim()})` : ''
}

function ofTheUser(stack: string, limit: number): string {
  const lines = stack.split('\n')
  const first = lines.findIndex(isFrame)
  const frames = lines.slice(first).filter((line) => !isOwn(line))
  return first < 0 || frames.length === 0 ? stack : [...lines.slice(0, first), ...frames.slice(0, limit)].join('\n')
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isOwn(line: string): boolean {
  return line.includes(here) || /[\\/]@oriel[\\/]|[\\/]packages[\\/](?:orm|sql)[\\/]src[\\/]|node:internal/.test(line)
}
