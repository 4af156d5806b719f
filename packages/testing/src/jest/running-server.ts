// The one server of a test run, from the setup to the teardown. Jest may load the two as separate modules, so it hangs on the process.
import type { TestServer } from '../server/server.ts'

interface Running {
  server?: TestServer | undefined
}

const key = Symbol.for('oriel.testing.running-server')
const holder: typeof globalThis & { [key]?: Running } = globalThis
holder[key] ??= {}

/** What is running now. */
export const running: Running = holder[key]
