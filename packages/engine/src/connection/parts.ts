// What every connection of an engine works with.
import type { ModelContext, ServerErrorFields } from '@oriel/sql'
import type { Driver } from '../driver.ts'
import type { Observer } from '../event/observer.ts'
import type { KeptShapes } from '../kept-shapes.ts'
import type { Pool } from '../pool/pool.ts'
import type { Preparer } from '../prepare/preparer.ts'
import type { RowReading } from '../result/row-reading.ts'

/** What the fields of a server's error are about, in the names of a mapper's model. */
export type ModelOf = (fields: ServerErrorFields) => ModelContext | null

/** Made once by the engine, shared by its connections. */
export interface ConnectionParts {
  readonly driver: Driver
  readonly pool: Pool
  readonly preparer: Preparer
  readonly rows: RowReading
  readonly observer: Observer
  readonly shapes: KeptShapes
  /** The time limit of a statement that gives none. */
  readonly timeoutMs: number | undefined
}
