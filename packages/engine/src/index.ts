// The public face of @oriel/engine. Every name that leaves the package stands here.
export type { Connection } from './connection/connection.ts'
export {
  type ConnectOptions,
  type Driver,
  type DriverCapabilities,
  type DriverConnection,
  DriverError,
  type WireColumn,
  type WireCursor,
  type WireResult,
  type WireRow,
  type WireStatement,
} from './driver.ts'
export {
  type BeginOptions,
  type CloseOptions,
  type ConnectionOptions,
  createEngine,
  type Engine,
} from './engine.ts'
export type { EngineOptions } from './engine-options.ts'
export {
  CanceledError,
  ClosedError,
  CommitUnknownError,
  ConnectError,
  ConnectionError,
  ConnectionLostError,
  type LostPhase,
  MultipleResultsFoundError,
  NoResultFoundError,
  PendingRollbackError,
  PoolTimeoutError,
  StreamClosedError,
} from './error.ts'
export type { Echo } from './event/echo.ts'
export type {
  ConnectionEvent,
  EngineEvents,
  StatementEndEvent,
  StatementErrorEvent,
  StatementEvent,
  WarningEvent,
} from './event/events.ts'
export type { TraceContext } from './event/observer.ts'
export type { PoolStats } from './pool/pool.ts'
export type { PoolOptions } from './pool/pool-options.ts'
export type { Strict } from './prepare/warning-policy.ts'
export { Execution } from './result/execution.ts'
export { type Picked, Result, type RowForm, type ScalarOf } from './result/result.ts'
export type { ExecuteOptions } from './statement.ts'
export { RowStream } from './stream/row-stream.ts'
export type { StreamOptions } from './stream/stream-options.ts'
