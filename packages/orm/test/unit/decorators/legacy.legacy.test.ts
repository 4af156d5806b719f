// Legacy decorators with emitted metadata: the same decorators, and types taken from reflect-metadata.
import 'reflect-metadata'
import { describe, expect, it } from '@jest/globals'
import {
  Check,
  Column,
  Entity,
  Index,
  ManyToOne,
  MappingError,
  mapperOf,
  OneToMany,
  PrimaryKey,
  Registry,
} from '@oriel/orm'
import { entity, type Generated, type Many, type One, types as t } from '@oriel/sql'

const registry = new Registry()

abstract class Stamped {
  @Column() createdAt!: Date
}

@Entity({ registry, table: 'authors' })
@Index<Author>((a) => [a.name])
@Check<Author>((a) => a.name.ne(''))
class Author extends Stamped {
  static $ = entity(Author)
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column() name!: string
  @Column() isAlive!: boolean
  @Column() followers!: bigint
  @Column({ unique: true }) portrait!: Buffer
  @OneToMany(() => Book, 'author') books!: Many<Book>
}

@Entity({ registry })
class Book {
  @PrimaryKey() isbn!: string
  @Column(t.integer()) authorId!: number
  @ManyToOne(() => Author, 'authorId') author!: One<Author>
}

describe('legacy decorators', () => {
  it('take types from emitted metadata', () => {
    const types = [...mapperOf(Author).properties.values()].map(
      ({ name, column }) => `${name} ${column.type.spec.name}`,
    )
    expect(types).toEqual([
      'createdAt timestamptz',
      'id integer',
      'name text',
      'isAlive boolean',
      'followers bigint',
      'portrait bytea',
    ])
    expect(mapperOf(Book).keyProperties.map(({ name }) => name)).toEqual(['isbn'])
    expect(mapperOf(Author).table.uniques.map(({ name }) => name)).toEqual(['authors_portrait_key'])
  })

  it('map constraints, relationships and attributes as standard ones do', () => {
    expect(mapperOf(Author).table.indexes.map(({ name }) => name)).toEqual(['authors_name_idx'])
    expect(mapperOf(Author).table.checks.map(({ name }) => name)).toEqual(['authors_name_check'])
    expect(mapperOf(Author).relationships.get('books')?.inverse()?.name).toBe('author')
    expect(Author.$.name).toBeDefined()
  })

  it('ask for a type where the metadata does not say it', () => {
    // biome-ignore lint/suspicious/noExplicitAny: what a user writes who has cast the types away
    const loose: any = { Column, Entity }
    type Alias = { x: number }
    @Entity()
    class Vague {
      @PrimaryKey(t.integer()) id!: number
      @loose.Column() count!: number
      @loose.Column() data!: Alias
      @loose.Column() list!: string[]
      @loose.Column() author!: Author
      @loose.Column() get got(): string {
        return ''
      }
      @loose.Column() method(): void {}
      @loose.Column() static shared: string
    }
    let caught: unknown
    try {
      new Registry({ entities: [Vague] }).configure()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(MappingError)
    const found = caught instanceof MappingError ? caught.problems : []
    expect(found.map(({ message, remedy }) => `${message}. ${remedy}`).sort()).toEqual([
      '@Column stands on Vague.got, a getter; only fields are mapped. Write it as a plain field: @Column(…) got!: …',
      '@Column stands on Vague.method, a method; only fields are mapped. Write it as a plain field: @Column(…) method!: …',
      '@Column stands on Vague.shared, a static member; only fields are mapped. Write it as a plain field: @Column(…) shared!: …',
      '@Column() on Vague.author: Author is no column type. Name the type: @Column(t.text()), or a relationship for another entity',
      '@Column() on Vague.count: a number may be integer or double. Say which: @Column(t.integer()) or @Column(t.double())',
      '@Column() on Vague.data: unions, null, interfaces and aliases leave no type behind. Name the type: @Column(t.text().nullable()) for string | null, @Column(t.jsonb()) for an object',
      '@Column() on Vague.list: an array does not say of what. Name the type: @Column(t.text().array())',
    ])
  })

  it('name the toolchain that emits nothing', () => {
    class Bare {}
    const decorate: unknown = Column()
    if (typeof decorate === 'function') decorate(Bare.prototype, 'name', undefined)
    const key: unknown = PrimaryKey(t.integer())
    if (typeof key === 'function') key(Bare.prototype, 'id', undefined)
    const mapped: unknown = Entity()
    if (typeof mapped === 'function') mapped(Bare)
    expect(() => new Registry({ entities: [Bare] }).configure()).toThrow(
      '@Column() on Bare.name: no type given and none emitted (esbuild and tsx emit none). ' +
        "Write @Column(t.text()), or import 'reflect-metadata' before the entities where the compiler emits metadata (tsc, SWC)",
    )
  })
})
