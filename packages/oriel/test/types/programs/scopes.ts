// Scopes: what work gives back, and on what @Transactional may stand. The same under both kinds of decorators.
import { current, type ScopedSession, type Session, Transactional } from 'oriel'
import { is } from './same.ts'

declare const db: ScopedSession

export class Orders {
  @Transactional()
  async place(amount: string, times = 1): Promise<number> {
    is<Session>()(current())
    return Number(amount) * times
  }

  @Transactional({ propagation: 'requiresNew', isolation: 'serializable', scope: () => db })
  static async all(): Promise<readonly string[]> {
    return []
  }

  // error: Unable to resolve signature of method decorator
  @Transactional()
  total(): number {
    return 1
  }

  // error: Unable to resolve signature of method decorator
  @Transactional()
  async *lines(): AsyncGenerator<string> {
    yield ''
  }

  // error: Did you mean '"required"'?
  @Transactional({ propagation: 'require' })
  async wrong(): Promise<void> {}
}

export async function use(): Promise<void> {
  is<number>()(await new Orders().place('1'))
  // error: Argument of type 'number' is not assignable to parameter of type 'string'
  await new Orders().place(1)
  is<string>()(await db.run(async (session) => String(session.inTransaction)))
  is<number>()(await db.transaction({ propagation: 'nested' }, async () => 1))
  is<Session>()(db.open().session)
  // error: 'isolaton' does not exist
  await db.run({ isolaton: 'serializable' }, async () => 1)
}
