// Standard decorators, also from compilers that give no metadata object.
import { describe, expect, it } from '@jest/globals'
import { Column, Entity, ManyToOne, mapperOf, PrimaryKey, Registry } from '@oriel/orm'
import { type One, types as t } from '@oriel/sql'

describe('standard decorators', () => {
  it('leave fields as they are: own properties, undefined until set', () => {
    @Entity({ registry: new Registry() })
    class Author {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.text()) name = 'unnamed'
    }
    const author = new Author()
    expect(Object.entries(author)).toEqual([
      ['id', undefined],
      ['name', 'unnamed'],
    ])
    expect(mapperOf(Author).properties.size).toBe(2)
  })

  it('keep the properties of a base apart from those of its subclasses', () => {
    abstract class Base {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class Left extends Base {
      @Column(t.text()) left!: string
    }
    @Entity()
    class Right extends Base {
      @Column(t.text()) right!: string
    }
    const registry = new Registry({ entities: [Left, Right] })
    expect([...registry.mapperOf(Left).properties.keys()]).toEqual(['id', 'left'])
    expect([...registry.mapperOf(Right).properties.keys()]).toEqual(['id', 'right'])
  })

  it('take mixins and redeclared properties', () => {
    // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks this of mixins
    const Named = <B extends abstract new (...args: any[]) => object>(Base: B) => {
      abstract class Mixed extends Base {
        @Column(t.text()) name!: string
        @Column(t.text()) note!: string
      }
      return Mixed
    }
    class Root {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class Leaf extends Named(Root) {
      @Column(t.varchar(10)) override name = ''
    }
    const { properties } = new Registry({ entities: [Leaf] }).mapperOf(Leaf)
    expect([...properties.keys()]).toEqual(['id', 'name', 'note'])
    expect(properties.get('name')?.column.type.spec).toMatchObject({ name: 'varchar', length: 10 })
  })

  it('work where the compiler gives no metadata object: the class claims what was decorated just before it', () => {
    const field = (name: string) => ({ kind: 'field', name, static: false, private: false, metadata: undefined })
    const call = (decorator: unknown, target: unknown, context: object): void => {
      if (typeof decorator === 'function') decorator(target, context)
    }
    class First {}
    call(PrimaryKey(t.integer()), undefined, field('id'))
    call(Entity(), First, { kind: 'class', name: 'First', metadata: undefined })
    class Second {
      declare first: One<First>
    }
    call(PrimaryKey(t.integer()), undefined, field('id'))
    call(Column(t.integer()), undefined, field('firstId'))
    call(
      ManyToOne(() => First, 'firstId'),
      undefined,
      field('first'),
    )
    call(Entity(), Second, { kind: 'class', name: 'Second', metadata: undefined })
    const registry = new Registry({ entities: [First, Second] })
    expect([...registry.mapperOf(First).properties.keys()]).toEqual(['id'])
    expect([...registry.mapperOf(Second).properties.keys()]).toEqual(['id', 'firstId'])
    expect(registry.mapperOf(Second).relationships.get('first')?.target().name).toBe('First')
  })
})
