// How far the load has come: a bar where somebody watches, nothing where the output goes into a file.
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** So many rows have been read. */
  show(rows: number): void
  stop(): void
}

const silent: Progress = { show() {}, stop() {} }

/** A bar on stderr, so that stdout holds the reports alone. */
export function progress(total: number): Progress {
  if (!process.stderr.isTTY) return silent
  const bar = new SingleBar({ format: 'Loading {bar} {value}/{total} rows', hideCursor: true, clearOnComplete: true })
  bar.start(total, 0)
  return { show: (rows) => bar.update(rows), stop: () => bar.stop() }
}
