// `@oriel/engine/internal`: what the mapper needs of an engine and its users do not see. No part of the public face: it may change in any release.
export { callPlace } from './call-place.ts'
export type { ModelOf } from './connection/parts.ts'
export type { SessionOpening } from './engine.ts'
export { type EntityItem, type EntityReader, instantiateEntity } from './result/entity-reader.ts'
export { executeWith, giveBack, lend, openCursor, warn, within } from './session-key.ts'
export type { Cursor } from './stream/cursor.ts'
export type { BatchSource } from './stream/row-stream.ts'
export { batchSize, checkStreamOptions } from './stream/stream-options.ts'
