// Watches statements for those who listen: events, echo, and the diagnostics channel `oriel:execute`.
// Where nobody does, a statement costs three comparisons and no clock is read.
import { tracingChannel } from 'node:diagnostics_channel'
import { type Echo, echoLine } from './echo.ts'
import type { Events, StatementEvent } from './events.ts'

const channel = tracingChannel<unknown, TraceContext>('oriel:execute')

/** What subscribers of the tracing channel get: the same object from start to end. */
export interface TraceContext extends StatementEvent {
  /** Host, port, database and user. */
  readonly target: string
  rowCount?: number
  error?: unknown
}

export interface ObserverOptions {
  readonly echo: Echo
  readonly target: string
}

/** One statement that is being watched. */
export interface Observation {
  end(rowCount: number): void
  fail(error: unknown): void
}

export class Observer {
  readonly #events: Events
  readonly #target: string
  readonly #print: ((line: string) => void) | null
  readonly #printsParams: boolean

  constructor(events: Events, options: ObserverOptions) {
    this.#events = events
    this.#target = options.target
    const { echo } = options
    this.#print = typeof echo === 'function' ? echo : echo ? (line) => console.log(line) : null
    this.#printsParams = echo === 'params'
  }

  /** Begins to watch a statement; null where nobody wants to know. */
  start(text: string, params: () => readonly unknown[]): Observation | null {
    if (!this.#isWanted()) return null
    const statement: StatementEvent = { text, params: params() }
    this.#events.emit('beforeExecute', () => statement)
    const trace: TraceContext = { ...statement, target: this.#target }
    channel.start.publish(trace)
    channel.end.publish(trace)
    const startedAt = performance.now()
    return {
      end: (rowCount) => this.#end({ ...statement, rowCount, durationMs: performance.now() - startedAt }, trace),
      fail: (error) => this.#fail({ ...statement, error, durationMs: performance.now() - startedAt }, trace),
    }
  }

  #isWanted(): boolean {
    const events = this.#events
    return (
      this.#print !== null ||
      events.has('beforeExecute') ||
      events.has('afterExecute') ||
      events.has('error') ||
      channel.start.hasSubscribers ||
      channel.asyncEnd.hasSubscribers ||
      channel.error.hasSubscribers
    )
  }

  #end(event: StatementEvent & { rowCount: number; durationMs: number }, trace: TraceContext): void {
    trace.rowCount = event.rowCount
    channel.asyncStart.publish(trace)
    channel.asyncEnd.publish(trace)
    this.#events.emit('afterExecute', () => event)
    this.#echo(() => echoLine(event, this.#printsParams))
  }

  #fail(event: StatementEvent & { error: unknown; durationMs: number }, trace: TraceContext): void {
    trace.error = event.error
    channel.error.publish(trace)
    channel.asyncStart.publish(trace)
    channel.asyncEnd.publish(trace)
    this.#events.emit('error', () => event)
    this.#echo(() => echoLine(event, this.#printsParams))
  }

  /** A printer that throws is no reason for a statement to fail. */
  #echo(line: () => string): void {
    if (!this.#print) return
    try {
      this.#print(line())
    } catch (error) {
      process.emitWarning(`echo threw; the statement went on. ${String(error)}`, { type: 'OrielWarning' })
    }
  }
}
