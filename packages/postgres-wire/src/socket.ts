// Opens the one socket of a connection, encrypted where the target asks for it. What is spoken on it is not known here.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls'
import { ConnectError } from '@oriel/engine'
import type { Target } from './target.ts'

const keepAliveMs = 60_000
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** A connected socket. Rejects with the socket's error, or with the signal's reason. */
export async function openSocket(target: Target, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const plain = target.host.startsWith('/')
    ? connectTcp(`${target.host}/.s.PGSQL.${target.port}`)
    : connectTcp({ host: target.host, port: target.port })
  // An error without a listener would end the process.
  plain.on('error', () => {})
  const abort = () => plain.destroy(asError(signal.reason))
  signal.addEventListener('abort', abort, { once: true })
  try {
    await happened(plain, 'connect')
    plain.setNoDelay(true)
    plain.setKeepAlive(true, keepAliveMs)
    if (target.ssl === 'disable' || target.host.startsWith('/')) return plain
    return await encrypt(plain, target)
  } catch (error) {
    plain.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function encrypt(plain: Socket, target: Target): Promise<Socket> {
  plain.write(sslRequest)
  const answer = await firstBytes(plain)
  if (answer.length === 1 && answer[0] === 'N'.charCodeAt(0)) {
    if (target.ssl === 'prefer') return plain
    throw new ConnectError('The server does not speak TLS', {
      hint: 'Turn ssl on at the server, or connect with sslmode=disable.',
    })
  }
  // More than the one byte would be somebody in between, putting plain text before the encryption.
  if (answer.length !== 1 || answer[0] !== 'S'.charCodeAt(0)) {
    throw new ConnectError('The server answered the request for TLS with something else', {
      hint: 'Is this the port of a PostgreSQL server?',
    })
  }
  const options: TlsOptions =
    typeof target.ssl === 'object' ? target.ssl : { rejectUnauthorized: target.ssl === 'verify-full' }
  const secure = connectTls({ servername: isIP(target.host) ? '' : target.host, ...options, socket: plain })
  secure.on('error', () => {})
  await happened(secure, 'secureConnect')
  return secure
}

function happened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new ConnectError('The server closed the connection while it was being made')))
  })
}

function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new ConnectError('The server closed the connection while it was being made')))
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new ConnectError(String(reason))
}
