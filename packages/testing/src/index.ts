// The public face of @oriel/testing. Every name that leaves the package stands here.
export { driverConformance } from './conformance/driver.ts'
export type { DriverCandidate, DriverUnderTest } from './conformance/exam.ts'
export { serverDriverConformance } from './conformance/server-driver.ts'
export type { ServerAddress, ServerDriverCandidate, ServerOptions } from './conformance/server-scene.ts'
export { valueConformance } from './conformance/value-conformance.ts'
export { embeddedDatabase } from './embedded-database.ts'
export { describeLane, type Lane, type LaneName, laneName, openLane, serverUrl } from './lane.ts'
export {
  type RecordedStatement,
  RecordingDriver,
  type ScriptedAnswer,
  type ScriptLine,
} from './recording-driver.ts'
export { administrate, createDatabase, type TestDatabase } from './server/database.ts'
export { startServer, type TestServer } from './server/server.ts'
