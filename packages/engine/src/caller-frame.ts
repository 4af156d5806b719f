// Where in the user's program something happened: the first line of a stack that is not Oriel's or Node's own.

const here = new URL('.', import.meta.url).pathname

/** ` (at createUser (app.ts:12:3))`, or an empty text where the stack does not tell. */
export function callerFrame(error: Error | null): string {
  const frames = (error?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const own = frames.find((line) => !/node:internal|[\\/]@oriel[\\/]/.test(line) && !line.includes(here))
  return own ? ` (${own.trim()})` : ''
}
