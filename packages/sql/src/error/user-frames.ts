// Where the user's code called: the one place that tells Oriel's own frames from the user's. Every OrielError begins its stack here;
// the engine takes it again where a public call is awaited, and sessions name the calls that overlap.

/** The folder of all packages of Oriel in its own workspace. */
const packages = new URL('../../../', import.meta.url).pathname
/** Where a package manager puts them. */
const installed = /[\\/]node_modules[\\/](?:@oriel[\\/][^\\/]+|oriel)[\\/]/
/** The most frames of ours above the user's. */
const ownFrames = 30
/** Enough for a verb that calls another, and for the user's line with two of its callers. */
const placeFrames = 5

/** Something that knows where it was made. Its text is made when it is first read. */
export interface Place {
  readonly stack?: string
}

/** Where an error was called that has no line of the user's in its own stack: nobody awaited the call. */
const calledAt = new WeakMap<object, Place>()

/** Another call that an error is about, by what messages call it. */
const otherCalls = new WeakMap<object, { readonly name: string; readonly place: Place | null }>()
/** Enough of another call to find it. */
const otherFrames = 3

/**
 * Where `before` was called. Costs a few microseconds, most of them for the walk and not for the frames kept.
 * `const place = placeOf(this.execute)`
 */
export function placeOf(before: (...args: never[]) => unknown, frames = placeFrames): Place {
  const place: Place = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = frames
  Error.captureStackTrace(place, before)
  Error.stackTraceLimit = limit
  return place
}

/** Where the program is now, however deep in Oriel: only where somebody asked for it. */
export function placeHere(): Place {
  return placeOf(placeHere, ownFrames)
}

/** The lines of a stack that are the user's, innermost first. */
export function userFrames(place: Place | null): string[] {
  const lines = (place?.stack ?? '').split('\n')
  const frames = lines.slice(firstFrame(lines)).filter((line) => isFrame(line) && !isOwn(line))
  // An `Array.map (<anonymous>)` above the user's first line was called by us.
  const start = frames.findIndex((line) => !line.endsWith('(<anonymous>)'))
  return start < 0 ? [] : frames.slice(start)
}

/** ` (at createUser (app.ts:12:3))`: the first line that is the user's, or an empty text where the stack does not tell. */
export function callerFrame(place: Place | null): string {
  const [frame] = userFrames(place)
  return frame ? ` (${frame.trim()})` : ''
}

/** Remembers where a call began whose error may meet nobody who awaits it. The first to say so is the nearest. */
export function rememberCall(error: unknown, place: Place): void {
  if (error instanceof Error && !calledAt.has(error)) calledAt.set(error, place)
}

/** Shows another call behind the error's own stack: paths are for who reads the log, and not for the message, which may reach a client. */
export function rememberOther(error: Error, name: string, place: Place | null): void {
  otherCalls.set(error, { name, place })
}

/** Gives the error a stack that begins at the user's line. Its text is made when it is first read: most never are. */
export function beginAtUser(error: Error): void {
  const { name, message } = error
  const place = { name, message, stack: '' }
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = limit + ownFrames
  Error.captureStackTrace(place, beginAtUser)
  Error.stackTraceLimit = limit
  const settle = (value: unknown): void => {
    Object.defineProperty(error, 'stack', { value, writable: true, enumerable: false, configurable: true })
  }
  Object.defineProperty(error, 'stack', {
    get() {
      const stack = ofTheUser(place, calledAt.get(error) ?? null, limit) + otherCall(error)
      settle(stack)
      return stack
    },
    set: settle,
    enumerable: false,
    configurable: true,
  })
}

/** The stack without frames of ours; that of the call where nobody awaited it; as it is where neither has a user's line. */
function ofTheUser(place: Place & { readonly stack: string }, call: Place | null, limit: number): string {
  const { stack } = place
  const own = userFrames(place)
  const frames = own.length > 0 ? own : userFrames(call)
  if (frames.length === 0) return stack
  const lines = stack.split('\n')
  return [...lines.slice(0, firstFrame(lines)), ...frames.slice(0, limit)].join('\n')
}

const notKept = '(its line is not known; in production none is kept)'

function otherCall(error: Error): string {
  const other = otherCalls.get(error)
  if (!other) return ''
  const frames = userFrames(other.place).slice(0, otherFrames)
  const lines = frames.length > 0 ? frames.join('\n') : `    ${other.place ? 'at no line of yours' : notKept}`
  return `\n  ${other.name}:\n${lines}`
}

/** The index of the first frame, or of the end. */
function firstFrame(lines: readonly string[]): number {
  const first = lines.findIndex(isFrame)
  return first < 0 ? lines.length : first
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isOwn(line: string): boolean {
  if (/[ (]node:/.test(line) || installed.test(line)) return true
  const [, path] = line.split(packages)
  return path !== undefined && /^[^/]+\/(?:src|dist)\//.test(path)
}
