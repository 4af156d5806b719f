// Before the first test of a lane that speaks to a server: one server for the whole run. Its end is in server-teardown.ts.
import { startServer } from '../server/server.ts'
import { running } from './running-server.ts'

/** Starts the server and tells the test files where it is. */
export default async function setup(): Promise<void> {
  running.server = await startServer()
  process.env.ORIEL_TEST_SERVER_URL = running.server.url
}
