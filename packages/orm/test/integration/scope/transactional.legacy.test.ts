// @Transactional under legacy decorators: the same meaning; what is done here is what differs, how the method is taken and given back.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import {
  Column,
  createAll,
  current,
  Entity,
  PrimaryKey,
  Registry,
  type ScopedSession,
  scopedSession,
  sessionFactory,
  Transactional,
} from '@oriel/orm'
import { ArgumentError, entity, type Generated, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'

const registry = new Registry()

@Entity({ registry, table: 'notes' })
class Note {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) text!: string
}

class Notes {
  readonly prefix = 'note: '

  @Transactional()
  async write(text: string, fails = false): Promise<string> {
    const note = Object.assign(new Note(), { text: this.prefix + text })
    current().add(note)
    await current().flush()
    if (fails) throw new RangeError(text)
    return note.text
  }

  @Transactional({ propagation: 'nested' })
  async attempt(text: string): Promise<void> {
    await this.write(text, true)
  }

  @Transactional()
  static async first(): Promise<boolean> {
    return current().inTransaction
  }
}

describeLane('@Transactional under legacy decorators', (lane) => {
  let engine: Engine
  let db: ScopedSession
  const notes = new Notes()
  const n = entity(Note)
  const stored = async (): Promise<string[]> => await engine.execute(select(n.text).orderBy(n.id)).scalars().all()

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    db = scopedSession(sessionFactory(engine, { registry }))
  })
  afterAll(() => engine.close())
  beforeEach(async () => {
    await engine.execute(sql`truncate notes`)
  })

  it('begins, commits, and keeps this, arguments and value', async () => {
    expect(await db.run(async () => await notes.write('a'))).toBe('note: a')
    expect(await stored()).toEqual(['note: a'])
  })

  it('rolls back where the method throws', async () => {
    await db.run(async () => {
      await expect(notes.write('a', true)).rejects.toThrow(RangeError)
    })
    expect(await stored()).toEqual([])
  })

  it('joins, and undoes a nested part', async () => {
    await db.run(async () => {
      await db.transaction(async () => {
        await notes.write('a')
        await expect(notes.attempt('b')).rejects.toThrow(RangeError)
      })
    })
    expect(await stored()).toEqual(['note: a'])
  })

  it('works on static methods, and is refused on what is no method', async () => {
    expect(await db.run(async () => await Notes.first())).toBe(true)
    expect(() => Reflect.apply(Transactional(), null, [Notes.prototype, 'prefix'])).toThrow(ArgumentError)
  })
})
