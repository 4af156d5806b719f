// After the last test of a lane that speaks to a server.
import { running } from './running-server.ts'

/** Stops the server that server-setup.ts started. */
export default async function teardown(): Promise<void> {
  await running.server?.stop()
  running.server = undefined
}
