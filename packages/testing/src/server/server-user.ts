// PostgreSQL refuses to run as root. Then it runs as a user that every system has, without rights of its own.
import { readFile } from 'node:fs/promises'
import { ArgumentError } from '@oriel/sql'

export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/** The user to run the server as; nothing when this process may run it itself. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = await readFile('/etc/passwd', 'utf8')
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const fields = users
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':')
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new ArgumentError('PostgreSQL does not run as root, and there is no user to run it as', {
    hint: 'Create a user named nobody or postgres, or set DATABASE_URL to a server of your own.',
  })
}
