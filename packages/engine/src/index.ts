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
  PoolTimeoutError,
} from './error.ts'
export {
  type ConnectOptions,
  type Driver,
  type DriverCapabilities,
  type DriverConnection,
  DriverError,
  type WireColumn,
  type WireResult,
  type WireRow,
  type WireStatement,
} from './driver.ts'
