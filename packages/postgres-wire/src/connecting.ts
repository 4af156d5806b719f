// Making a connection: within the time allowed, until the caller has had enough, and with the reason where it fails.
import type { Socket } from 'node:net'
import { CanceledError } from '@oriel/engine'
import { connectError, connectTimeout } from './connect-error.ts'
import { openSocket } from './socket.ts'
import type { Target } from './target.ts'

const usualTimeoutMs = 30_000

export interface Connecting<C> {
  readonly target: Target
  /** 30 s unless given. */
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
  /** Logs in on the socket. */
  readonly logIn: (socket: Socket) => Promise<C>
}

/** Opens a socket and logs in. Rejects with ConnectError, or with CanceledError when the signal was aborted. */
export async function connecting<C>({ target, timeoutMs = usualTimeoutMs, signal, logIn }: Connecting<C>): Promise<C> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal
  try {
    return await openAndLogIn(target, stop, logIn)
  } catch (cause) {
    if (signal?.aborted) throw new CanceledError('Connecting was canceled by the caller', { cause: signal.reason })
    if (timeout.signal.aborted) throw connectTimeout(target, timeoutMs)
    throw connectError(target, cause)
  } finally {
    clearTimeout(timer)
  }
}

async function openAndLogIn<C>(target: Target, stop: AbortSignal, logIn: (socket: Socket) => Promise<C>): Promise<C> {
  const socket = await openSocket(target, stop)
  const abort = () => socket.destroy()
  stop.addEventListener('abort', abort, { once: true })
  try {
    stop.throwIfAborted()
    return await logIn(socket)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    stop.removeEventListener('abort', abort)
  }
}
