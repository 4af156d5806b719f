// An error's stack begins at the user's line: the frames of Oriel above it say nothing to them. Used by every OrielError.

/** The folder of all packages of Oriel: here in the workspace, `@oriel` in an installation. */
const packages = new URL('../../../', import.meta.url).pathname
/** The most frames of ours above the user's. */
const ownFrames = 30

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isOwn(line: string): boolean {
  if (/[\\/]@oriel[\\/]|node:internal/.test(line)) return true
  const [, path] = line.split(packages)
  return path !== undefined && /^[^/]+\/(?:src|dist)\//.test(path)
}

/** The stack without frames of ours; as it is where it has no other. */
function ofTheUser(stack: string, limit: number): string {
  const lines = stack.split('\n')
  const first = lines.findIndex(isFrame)
  if (first < 0) return stack
  const frames = lines.slice(first).filter((line) => !isOwn(line))
  // An `Array.map (<anonymous>)` above the user's first line was called by us.
  const start = frames.findIndex((line) => !line.endsWith('(<anonymous>)'))
  const shown = start < 0 ? lines.slice(first) : frames.slice(start)
  return [...lines.slice(0, first), ...shown.slice(0, limit)].join('\n')
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
      const stack = ofTheUser(place.stack, limit)
      settle(stack)
      return stack
    },
    set: settle,
    enumerable: false,
    configurable: true,
  })
}
