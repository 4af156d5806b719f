// One borrowing of one connection: who, since when, and where, if leaks are looked for.
import { callerFrame, type Place } from '@oriel/sql'
import type { PooledConnection } from './pooled-connection.ts'

export class Lease {
  readonly connection: PooledConnection
  /** What the borrower does, for messages. */
  readonly label: string
  readonly since = performance.now()
  /** Carries the borrower's stack, where `leakWarnAfterMs` is set. */
  readonly site: Place | null
  leakTimer: NodeJS.Timeout | undefined
  /** Is it taken back should its borrower be forgotten? */
  isWatched = false

  constructor(connection: PooledConnection, label: string, site: Place | null) {
    this.connection = connection
    this.label = label
    this.site = site
  }

  /** `engine.begin for 12.3 s`, with the place where it is known. */
  describe(): string {
    const seconds = ((performance.now() - this.since) / 1000).toFixed(1)
    return `${this.label} for ${seconds} s${callerFrame(this.site)}`
  }
}
