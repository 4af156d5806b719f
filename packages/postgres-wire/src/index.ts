// The public face of @oriel/postgres-wire: for drivers, not for programs. Every name that leaves the package stands here.
export { type BackendKey, requestCancel } from './cancel-request.ts'
export { type Connecting, connecting } from './connecting.ts'
export { closedError, lostError } from './lost-error.ts'
export { messageOf } from './message-of.ts'
export { checkServerOptions, type ServerDriverOptions } from './server-options.ts'
export { sessionStyle } from './session-style.ts'
export { describeTarget, type PostgresAddress, type SslMode, type Target, targetOf } from './target.ts'
