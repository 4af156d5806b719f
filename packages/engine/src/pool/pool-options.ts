// How many connections, and for how long: what the user may say, and what holds where they say nothing.
import { ArgumentError } from '@oriel/sql'
import type { Driver } from '../driver.ts'
import { refuseUnknownOptions, wholeNumber } from '../known-options.ts'

export interface PoolOptions {
  /** Connections that are kept open once made. 10, or the driver's own maximum where that is smaller. */
  readonly size?: number
  /** Connections beyond `size` while all are in use; closed when they come back. 0. */
  readonly maxOverflow?: number
  /** How long a call waits for a connection. 30,000. */
  readonly timeoutMs?: number
  /** A connection older than this is replaced when it is next asked for. 1,800,000; Infinity for never. */
  readonly recycleMs?: number
  /** Ask a connection that was idle for a sign of life before lending it. false. */
  readonly prePing?: boolean
  /** Calls that may wait at once; more fail at once. 10,000. */
  readonly maxWaiting?: number
  /** Warn, with the borrower's stack, about a connection that was not given back in this time. Costs a stack per checkout. */
  readonly leakWarnAfterMs?: number
}

/** PoolOptions with nothing left open. */
export interface PoolSettings extends Required<Omit<PoolOptions, 'leakWarnAfterMs'>> {
  readonly leakWarnAfterMs: number | null
}

const known = ['size', 'maxOverflow', 'timeoutMs', 'recycleMs', 'prePing', 'maxWaiting', 'leakWarnAfterMs']

/** The settings for this driver. Throws ArgumentError. */
export function poolSettings(options: PoolOptions, driver: Driver): PoolSettings {
  refuseUnknownOptions(options, known, 'createEngine: pool')
  const most = driver.capabilities.maxConnections
  const size = wholeNumber(options.size ?? Math.min(10, most ?? 10), 1, 'pool.size')
  const maxOverflow = wholeNumber(options.maxOverflow ?? 0, 0, 'pool.maxOverflow')
  if (most !== null && size + maxOverflow > most) {
    const asked = maxOverflow > 0 ? `${size} + ${maxOverflow} overflow` : `${size}`
    throw new ArgumentError(
      `${driver.name} holds at most ${most} connection${most === 1 ? '' : 's'}, the pool asks for ${asked}.`,
      {
        hint: `Leave pool.size and pool.maxOverflow out: the pool then has ${most}, and further callers wait for their turn.`,
      },
    )
  }
  return {
    size,
    maxOverflow,
    timeoutMs: wholeNumber(options.timeoutMs ?? 30_000, 0, 'pool.timeoutMs'),
    recycleMs: wholeNumber(options.recycleMs ?? 1_800_000, 0, 'pool.recycleMs'),
    prePing: options.prePing ?? false,
    maxWaiting: wholeNumber(options.maxWaiting ?? 10_000, 0, 'pool.maxWaiting'),
    leakWarnAfterMs:
      options.leakWarnAfterMs === undefined ? null : wholeNumber(options.leakWarnAfterMs, 1, 'pool.leakWarnAfterMs'),
  }
}
