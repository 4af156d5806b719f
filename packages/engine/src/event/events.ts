// What the engine tells whoever listens. A payload is only made when somebody does; a listener that throws disturbs nobody.
import { ArgumentError, suggest, type WarningCode } from '@oriel/sql'

export interface StatementEvent {
  readonly text: string
  /** The values of the statement, in the order of their placeholders. */
  readonly params: readonly unknown[]
}
export interface StatementEndEvent extends StatementEvent {
  /** Rows returned or changed. */
  readonly rowCount: number
  readonly durationMs: number
}
export interface StatementErrorEvent extends StatementEvent {
  readonly error: unknown
  readonly durationMs: number
}
export interface WarningEvent {
  readonly code: WarningCode | 'connection-leak' | 'identity-map-size'
  readonly message: string
  /** The statement's text, where there is one. */
  readonly text: string | null
}
export interface ConnectionEvent {
  /** Host, port, database and user. */
  readonly target: string
  readonly backendPid: number | null
}

/** The events of an engine by name. */
export interface EngineEvents {
  beforeExecute: StatementEvent
  afterExecute: StatementEndEvent
  error: StatementErrorEvent
  warning: WarningEvent
  checkout: ConnectionEvent
  checkin: ConnectionEvent
  connect: ConnectionEvent
  close: ConnectionEvent
}

type Listener<E> = (event: E) => void
type Listeners = { readonly [K in keyof EngineEvents]: Set<Listener<EngineEvents[K]>> }

export class Events {
  readonly #listeners: Listeners = {
    beforeExecute: new Set(),
    afterExecute: new Set(),
    error: new Set(),
    warning: new Set(),
    checkout: new Set(),
    checkin: new Set(),
    connect: new Set(),
    close: new Set(),
  }
  readonly #blamed = new WeakSet<object>()

  /** Listens until the returned function is called. Throws ArgumentError for an event that does not exist. */
  on<K extends keyof EngineEvents>(name: K, listener: Listener<EngineEvents[K]>): () => void {
    if (!Object.hasOwn(this.#listeners, name))
      throw new ArgumentError(`The engine has no event '${name}'.`, {
        hint: suggest(name, Object.keys(this.#listeners), 'Events'),
      })
    this.#listeners[name].add(listener)
    return () => this.#listeners[name].delete(listener)
  }

  has(name: keyof EngineEvents): boolean {
    return this.#listeners[name].size > 0
  }

  emit<K extends keyof EngineEvents>(name: K, event: () => EngineEvents[K]): void {
    if (this.#listeners[name].size === 0) return
    const payload = event()
    for (const listener of this.#listeners[name]) {
      try {
        listener(payload)
      } catch (error) {
        this.#blame(name, listener, error)
      }
    }
  }

  /** Tells listeners, or the process where nobody listens. */
  warn(warning: WarningEvent): void {
    if (this.has('warning')) this.emit('warning', () => warning)
    else process.emitWarning(warning.message, { type: 'OrielWarning', code: warning.code })
  }

  /** Once per listener: one that throws for every statement must not flood the log. */
  #blame(name: string, listener: object, error: unknown): void {
    if (this.#blamed.has(listener)) return
    this.#blamed.add(listener)
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.emitWarning(`A listener of '${name}' threw; the statement went on. ${reason}`, { type: 'OrielWarning' })
  }
}
