// What session.stream takes beside a statement.

import type { StreamOptions } from '@oriel/engine'
import { checkStreamOptions } from '@oriel/engine/internal'
import { ArgumentError } from '@oriel/sql'

/** What `session.stream` takes. `timeoutMs` holds for each batch. */
export interface SessionStreamOptions extends StreamOptions {
  /**
   * What becomes of the objects that a batch brought: `batch` keeps them until the next batch is asked for, those that were changed or
   * added longer; `keep` keeps all; `detached` keeps none. By default `batch`.
   */
  readonly identity?: 'batch' | 'keep' | 'detached'
}

const identities: readonly unknown[] = ['batch', 'keep', 'detached']

/** Throws ArgumentError for options that do not exist. */
export function checkSessionStreamOptions(options: SessionStreamOptions): void {
  checkStreamOptions(options, 'session.stream', 'identity')
  const { identity } = options
  if (identity !== undefined && !identities.includes(identity))
    throw new ArgumentError(`identity is 'batch', 'keep' or 'detached', not ${String(identity)}.`)
}
