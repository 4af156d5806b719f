// Every mapping error, provoked once, with its message. Types are cast away where they would stop the mistake first.
import { describe, expect, it } from '@jest/globals'
import {
  Check,
  Column,
  Entity,
  Exclude,
  Index,
  ManyToMany,
  ManyToOne,
  MappingError,
  type MappingProblem,
  OneToMany,
  OneToOne,
  PrimaryKey,
  Registry,
  Unique,
} from '@oriel/orm'
import { func, type Many, type One, sql, types as t } from '@oriel/sql'

type Classes = ConstructorParameters<typeof Registry>[0] extends { entities?: infer C } | undefined ? C : never

/** The problems of a registry with these classes. */
function problemsOf(...entities: NonNullable<Classes>): readonly MappingProblem[] {
  try {
    new Registry({ entities }).configure()
  } catch (error) {
    if (error instanceof MappingError) return error.problems
    throw error
  }
  return []
}

/** The problems as one line each: message and remedy. */
function lines(...entities: NonNullable<Classes>): string[] {
  return problemsOf(...entities).map(({ message, remedy }) => `${message}. ${remedy}`)
}

// biome-ignore lint/suspicious/noExplicitAny: what a user writes who has cast the types away
const loose: any = { Column, PrimaryKey, ManyToOne, OneToMany, OneToOne, ManyToMany, Entity, Index, func }

@Entity()
class Customer {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) email!: string
}

describe('an error of mapping', () => {
  it('names entity, property, what is wrong and what to write, with a stable code', () => {
    @Entity()
    class Author {
      @PrimaryKey(t.integer()) id!: number
      @loose.Column() name!: string
    }
    expect(problemsOf(Author)).toEqual([
      {
        entity: 'Author',
        property: 'name',
        message: '@Column() on Author.name: no type given and none emitted (standard decorators carry none)',
        remedy: 'Write @Column(t.text())',
      },
    ])
    expect(() => new Registry({ entities: [] }).mapperOf(Author)).toThrow(MappingError)
  })

  it('reports everything that is wrong at once, numbered', () => {
    @Entity()
    class Keyless {
      @Column(t.text()) name!: string
    }
    @Entity()
    class Broken {
      @PrimaryKey(t.integer().nullable()) id!: number | null
      @loose.ManyToOne(() => Keyless, 'nmae') keyless!: One<Keyless>
    }
    const registry = new Registry({ entities: [Keyless, Broken] })
    let caught: unknown
    try {
      registry.configure()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(MappingError)
    expect(caught).toMatchObject({ code: 'ORIEL_MAPPING', name: 'MappingError' })
    expect(String(caught)).toBe(`MappingError: The mapping has 3 problems:
  1. Keyless has no primary key. Mark its key: @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  2. Broken.id is a primary key and nullable. Drop .nullable()
  3. @ManyToOne on Broken.keyless keeps its key in 'nmae', which is no column of Broken. Columns: id`)
    expect(() => registry.configure()).toThrow('The mapping has 3 problems')
  })
})

describe('columns', () => {
  it('refuses two properties on one column, two decorators on one property, and names that objects have', () => {
    @Entity()
    class Doubled {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.text(), { name: 'title' }) title!: string
      @Column(t.text(), { name: 'title' }) heading!: string
      @PrimaryKey(t.integer()) @Column(t.integer()) both!: number
      @Column(t.text()) prototype!: string
    }
    expect(lines(Doubled)).toEqual([
      'Doubled.both has @Column and @PrimaryKey. Keep one: @PrimaryKey is a column too',
      "Doubled.title and Doubled.heading both map the column 'title'. Give one of them another name: { name: … }",
      "Doubled.prototype: a property cannot be called 'prototype', which JavaScript keeps for itself. Give the property another name, and the column this one: { name: 'prototype' }",
    ])
  })

  it('refuses options that it does not know, and names the nearest', () => {
    @loose.Entity({ tabel: 'x' })
    class Misspelt {
      @PrimaryKey(t.integer()) id!: number
      @loose.Column(t.text(), { uniqe: true }) name!: string
    }
    expect(lines(Misspelt)).toEqual([
      "@Column on Misspelt.name has no option 'uniqe'. Did you mean 'unique'? Options: name, unique, index, default, references, deferred, computed",
      "@Entity on Misspelt has no option 'tabel'. Did you mean 'table'? Options: table, schema, registry, construct, criterion, readOnly",
    ])
  })

  it('asks for the usual type of a key where none is given', () => {
    @Entity()
    class Untyped {
      @loose.PrimaryKey() id!: number
    }
    expect(lines(Untyped)).toEqual([
      "@PrimaryKey() on Untyped.id: no type given and none emitted (standard decorators carry none). Write @PrimaryKey(t.integer(), { generated: 'identity' })",
    ])
  })

  it('says once how a type is written that is given as a string or as an option', () => {
    @Entity()
    class Habits {
      @loose.PrimaryKey('int') id!: number
      @loose.Column('text') a!: string
      @loose.Column('VARCHAR', { length: 20 }) b!: string
      @loose.Column({ nullable: true }) c!: string | null
      @loose.Column({ type: 'text' }) d!: string
      @loose.Column({ type: 'timestamp', nullable: true, unique: true }) e!: string | null
      @loose.Column({ type: 'no such' }) f!: string
    }
    const option = (name: string) => `was given ${name} as an option: the column's type says it`
    expect(lines(Habits)).toEqual([
      '@PrimaryKey on Habits.id was given its type as a string. Write @PrimaryKey(t.integer())',
      '@Column on Habits.a was given its type as a string. Write @Column(t.text())',
      '@Column on Habits.b was given its type as a string. Write @Column(t.varchar(…))',
      `@Column on Habits.c ${option('nullable')}. Write @Column(t.text().nullable())`,
      `@Column on Habits.d ${option('type')}. Write @Column(t.text())`,
      `@Column on Habits.e ${option('type and nullable')}. Write @Column(t.timestamp().nullable())`,
      `@Column on Habits.f ${option('type')}. Write @Column(t.text())`,
    ])
  })

  it('refuses generated keys of a wrong type, and two ways to fill one column', () => {
    @Entity()
    class Filled {
      @PrimaryKey(t.text(), { generated: 'identity' }) id!: string
      @PrimaryKey(t.integer(), { generated: 'uuid' }) second!: number
      @loose.PrimaryKey(t.integer(), { generated: 'magic' }) third!: number
      @PrimaryKey(t.uuid(), { generated: 'uuid', default: sql`x()` }) fourth!: string
      @Column(t.integer(), { computed: sql`1 + 1`, default: 3 }) sum!: number
      @Column(t.integer(), { computed: 'a + b' }) text!: number
      @Column(t.integer(), { default: () => 1 }) called!: number
    }
    expect(lines(Filled)).toEqual([
      "Filled.id is text and cannot be generated as identity. generated: 'identity' needs smallint, integer, bigint",
      "Filled.second is integer and cannot be generated as uuid. generated: 'uuid' needs uuid",
      "Filled.third has generated: 'magic'. Write generated: 'identity' or 'uuid'",
      'Filled.fourth is generated and has a default. Keep one of them',
      'Filled.sum is computed and has a default or a generated key. Keep one of them',
      'Filled.text is computed by something that is no expression. Write computed: sql`…`',
      'Filled.called has a function as its default; the database cannot call it. Write a value or a fragment, such as default: sql`now()`',
    ])
  })

  it('refuses names that the database would cut', () => {
    const long = 'ä'.repeat(32)
    @Entity({ table: long })
    class Long {
      @PrimaryKey(t.integer(), { name: long }) id!: number
    }
    expect(lines(Long)).toEqual([
      `The name '${long}' of the column of Long.id is longer than 63 bytes. Give it a shorter name`,
      `The name '${long}' of the table of Long is longer than 63 bytes. Give it a shorter name`,
    ])
  })
})

describe('enum types', () => {
  it('have the same members everywhere', () => {
    @Entity()
    class Mood {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.enum('mood', ['sad', 'ok'])) now!: 'sad' | 'ok'
      @Column(t.enum('mood', ['sad', 'ok'])) then!: 'sad' | 'ok'
      @Column(t.enum('mood', ['sad']).array()) ever!: 'sad'[]
    }
    expect(lines(Mood)).toEqual([
      "Mood.now and Mood.ever give the enum 'mood' different members (sad, ok; sad). Declare the type once, as a constant, and use it in both",
    ])
  })
})

describe('decorators in wrong places', () => {
  it('are named with class and property', () => {
    @Entity()
    class Misplaced {
      @PrimaryKey(t.integer()) id!: number
      @loose.Column(t.text()) get got(): string {
        return ''
      }
      @loose.Column(t.text()) set put(_: string) {}
      @loose.Column(t.text()) called(): void {}
      @loose.Column(t.text()) accessor kept = ''
      @loose.Column(t.text()) static shared = ''
      @loose.Column(t.text()) #hidden = ''
      @loose.Entity() nested!: string
      hidden(): string {
        return this.#hidden
      }
    }
    const found = problemsOf(Misplaced)
    expect(found.map(({ message }) => message).sort()).toEqual([
      '@Column stands on Misplaced.#hidden, a private field; only fields are mapped',
      '@Column stands on Misplaced.called, a method; only fields are mapped',
      '@Column stands on Misplaced.got, a getter; only fields are mapped',
      '@Column stands on Misplaced.kept, an accessor; only fields are mapped',
      '@Column stands on Misplaced.put, a setter; only fields are mapped',
      '@Column stands on Misplaced.shared, a static member; only fields are mapped',
      '@Entity stands on Misplaced.nested, a field; it belongs on a class',
    ])
    expect(found[0]?.remedy).toMatch(/^Write it as a plain field: @Column\(…\) \w+!: …$/)
  })

  it('refuses a column decorator on a class', () => {
    @Entity()
    @loose.Column(t.text())
    class Wrong {
      @PrimaryKey(t.integer()) id!: number
    }
    expect(lines(Wrong)[0]).toContain('@Column stands on Wrong, a class; only fields are mapped')
  })
})

describe('references', () => {
  it('must fit the key that they refer to, in number and in type', () => {
    @Entity()
    class Line {
      @PrimaryKey(t.integer()) orderId!: number
      @PrimaryKey(t.integer()) position!: number
    }
    @Entity()
    class Parcel {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer()) lineId!: number
      @Column(t.bigint()) customerId!: bigint
      @ManyToOne(() => Line, 'lineId') line!: One<Line>
      @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
    }
    expect(lines(Customer2(), Line, Parcel).slice(0, 1)).toEqual([
      "@ManyToOne on Parcel.line has 1 key column(s) (lineId), the key of Line has 2 (orderId, position). Name one property for each, in that order: ['…orderId', '…position']",
    ])
    @Entity()
    class Owner {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class Pet {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.bigint()) ownerId!: bigint
      @ManyToOne(() => Owner, 'ownerId') owner!: One<Owner>
    }
    expect(lines(Owner, Pet)).toEqual([
      'Pet.ownerId is bigint, but Owner.id, which it refers to, is integer. Give both the same type',
    ])
  })

  it('cannot set a key to null that is not nullable, and name their key', () => {
    @Entity()
    class Node {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer()) parentId!: number
      @ManyToOne(() => Node, 'parentId', { onDelete: 'set null' }) parent!: One<Node>
      @loose.ManyToOne(() => Node) other!: One<Node>
      @loose.ManyToOne(() => Node, 'paretnId') third!: One<Node>
    }
    expect(lines(Node)).toEqual([
      '@ManyToOne on Node.parent sets the key to null on delete, but its column is not nullable. Make the column .nullable(), or choose another onDelete',
      "@ManyToOne on Node.other names no property that holds the key. Write @ManyToOne(() => …, 'otherId')",
      "@ManyToOne on Node.third keeps its key in 'paretnId', which is no column of Node. Did you mean 'parentId'? Columns: id, parentId",
    ])
  })

  it('agree with `references` on the same column', () => {
    @Entity()
    class A {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class B {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer(), { references: () => A }) aId!: number
      @Column(t.integer(), { references: () => B }) wrongId!: number
      @ManyToOne(() => A, 'aId') a!: One<A>
      @ManyToOne(() => A, 'wrongId') wrong!: One<A>
    }
    expect(lines(A, B)).toEqual([
      'B.wrongId references B, but B.wrong uses it as the key of A. Drop references: the relationship makes the foreign key',
    ])
  })
})

describe('targets', () => {
  it('that lead nowhere are told by their reason', () => {
    class Plain {}
    class Forgotten {
      @Column(t.text()) name!: string
    }
    @Entity()
    class Elsewhere {
      @PrimaryKey(t.integer()) id!: number
    }
    new Registry({ entities: [Elsewhere] })
    @Entity()
    class Seeker {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer()) key!: number
      @loose.ManyToOne(() => undefined, 'key') circular!: object
      @loose.ManyToOne(() => Later, 'key') early!: object
      @loose.ManyToOne(() => Plain, 'key') plain!: object
      @loose.ManyToOne(() => Forgotten, 'key') forgotten!: object
      @loose.ManyToOne(() => Elsewhere, 'key') elsewhere!: object
      @loose.ManyToOne(() => 'Order', 'key') text!: object
      @loose.ManyToOne(Elsewhere, 'key') direct!: object
      @loose.ManyToOne('Order', 'key') named!: object
    }
    const found = lines(Seeker)
    class Later {}
    expect(found).toEqual([
      expect.stringMatching(
        /^@ManyToOne on Seeker\.circular leads to undefined: a circular import that is not finished/,
      ),
      expect.stringMatching(
        /^@ManyToOne on Seeker\.early leads to undefined \(Cannot access 'Later' before initialization\): a circular/,
      ),
      '@ManyToOne on Seeker.plain leads to Plain, which is no entity. Write @Entity() above Plain, and map its properties',
      '@ManyToOne on Seeker.forgotten leads to Forgotten, which has columns but no @Entity. Write @Entity() above Forgotten: was it forgotten?',
      '@ManyToOne on Seeker.elsewhere leads to Elsewhere, which belongs to another registry. List Elsewhere in the entities of the same registry',
      '@ManyToOne on Seeker.text leads to something that is no class. Give it a class with @Entity',
      '@ManyToOne on Seeker.direct is not given a function. Write () => Elsewhere, since the class may come later',
      '@ManyToOne on Seeker.named is not given a function. Write () => Target, since the class may come later',
    ])
    expect(Later.name).toBe('Later')
  })
})

describe('inverse sides', () => {
  it('must exist, point back, and be of the right kind', () => {
    @Entity()
    class Team {
      @PrimaryKey(t.integer()) id!: number
      @loose.OneToMany(() => Player, 'taem') misspelt!: Many<Player>
      @loose.OneToMany(() => Player, 'rival') notBack!: Many<Player>
      @loose.OneToMany(() => Player, 'coach') wrongKind!: Many<Player>
      @loose.OneToMany(() => Player) unnamed!: Many<Player>
      @OneToMany(() => Player, 'team', { orderBy: 'nmae' }) players!: Many<Player>
      @loose.OneToMany(() => Player, 'team', { cascade: ['save'] }) more!: Many<Player>
      @loose.OneToOne(() => Player, { inverse: 'team' }) one!: One<Player>
    }
    @Entity()
    class Player {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.text()) name!: string
      @Column(t.integer()) teamId!: number
      @Column(t.integer()) rivalId!: number
      @ManyToOne(() => Team, 'teamId') team!: One<Team>
      @ManyToOne(() => Player, 'rivalId') rival!: One<Player>
      @OneToOne(() => Team, 'teamId') coach!: One<Team>
    }
    expect(lines(Team, Player)).toEqual([
      "@OneToMany on Team.misspelt names 'taem', which is no relationship of Player. Did you mean 'team'? Relationships of Player: team, rival, coach",
      '@OneToMany on Team.notBack names Player.rival, which leads to Player and not back to Team. Name the property of Player that refers to Team',
      "@OneToMany on Team.wrongKind names Player.coach, which is @OneToOne. The other side of @OneToMany is @ManyToOne(() => Team, '…')",
      '@OneToMany on Team.unnamed names no property of Player. Relationships of Player: team, rival, coach',
      "Team.players is ordered by 'nmae', which Player has no column for. Did you mean 'name'? Properties: id, name, teamId, rivalId",
      "Team.more has no cascade 'save'. Cascades: save-update, delete, delete-orphan, merge, expunge",
      "@OneToOne on Team.one names Player.team, which is @ManyToOne. The other side of @OneToOne is @OneToOne(() => Team, '…')",
    ])
  })
})

describe('cascades', () => {
  it('delete along the side that does not refer, where one owns the other', () => {
    @Entity()
    class House {
      @PrimaryKey(t.integer()) id!: number
      @OneToMany(() => Room, 'house', { cascade: ['save-update', 'delete', 'delete-orphan'] }) rooms!: Many<Room>
      @ManyToMany(() => Person, { through: 'owners', cascade: ['save-update', 'delete'] }) owners!: Many<Person>
      @ManyToMany(() => Person, { through: 'guests', cascade: ['delete-orphan'] }) guests!: Many<Person>
    }
    @Entity()
    class Room {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.integer()) houseId!: number
      @Column(t.integer()) lampId!: number
      @loose.ManyToOne(() => House, 'houseId', { cascade: ['delete', 'delete-orphan'] }) house!: One<House>
      @loose.OneToOne(() => Person, 'lampId', { cascade: ['delete'] }) lamp!: One<Person, 'lampId'>
    }
    @Entity()
    class Person {
      @PrimaryKey(t.integer()) id!: number
    }
    expect(lines(House, Room, Person)).toEqual([
      "Room.house has the cascade 'delete', but refers to House, which others may refer to. Put it on House.rooms, where it deletes each Room with its House; delete the House itself by session.delete()",
      "Room.lamp has the cascade 'delete', but refers to Person, which others may refer to. Put it on a @OneToOne of Person, where it deletes each Room with its Person; delete the Person itself by session.delete()",
      "House.guests has the cascade 'delete-orphan', but Person may belong to several. Leave it out: the row between the two goes by itself",
    ])
  })
})

describe('many-to-many', () => {
  it('needs a way to name the table, and an entity in between that refers to both sides', () => {
    @Entity()
    class Post {
      @PrimaryKey(t.integer()) id!: number
      @ManyToMany(() => Tag) tags!: Many<Tag>
      @ManyToMany(() => Tag, { through: () => Middle }) more!: Many<Tag>
      @ManyToMany(() => Tag, { through: () => Middle, via: ['pots', 'tag'] }) named!: Many<Tag>
      @ManyToMany(() => Tag, { through: 'taken' }) taken!: Many<Tag>
      @ManyToMany(() => Post, { through: 'taken' }) mixed!: Many<Post>
      @ManyToMany(() => Tag, { through: 'middle' }) mapped!: Many<Tag>
    }
    @Entity()
    class Tag {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class Middle {
      @PrimaryKey(t.integer()) postId!: number
      @PrimaryKey(t.integer()) tagId!: number
      @Column(t.integer()) otherId!: number
      @ManyToOne(() => Post, 'postId') post!: One<Post>
      @ManyToOne(() => Post, 'otherId') other!: One<Post>
    }
    expect(lines(Post, Tag, Middle)).toEqual([
      "@ManyToMany on Post.tags names no association table, and Tag names none for it. Name the table: { through: 'post_tags' }, or the entity: { through: () => PostTag }",
      "@ManyToMany on Post.more goes through Middle, which has 2 references to Post (post, other). Give Middle one @ManyToOne to each side, or name the two: { via: ['…', '…'] }",
      "@ManyToMany on Post.more goes through Middle, which has no @ManyToOne to Tag. Give Middle one @ManyToOne to each side, or name the two: { via: ['…', '…'] }",
      "@ManyToMany on Post.named goes through Middle, which has no reference 'pots' to Post. Did you mean 'post'? References: post, other. Give Middle one @ManyToOne to each side, or name the two: { via: ['…', '…'] }",
      "@ManyToMany on Post.named goes through Middle, which has no reference 'tag' to Tag. References: none. Give Middle one @ManyToOne to each side, or name the two: { via: ['…', '…'] }",
      "@ManyToMany on Post.mixed goes through 'taken', which joins Post and Tag already. Name another table, or map an association entity: { through: () => … }",
      "A @ManyToMany goes through the table 'middle', which Middle is mapped to. Name the entity in its place: { through: () => Middle }",
    ])
  })
})

describe('constraints', () => {
  it('take expressions over their own columns, without aggregates', () => {
    @Entity()
    @Index<Account>((a) => [a.owner, loose.missing])
    @Index<Account>((a) => [Reflect.get(a, 'onwer')])
    @Index<Account>((a) => [a.owner], { include: ['blance'], name: 'same' })
    @Unique<Account>((a) => [a.owner], { name: 'same' })
    @Check<Account>(() => loose.missing)
    @Check<Account>((a) => loose.func.sum(a.balance).gt(0))
    @Exclude<Account>(() => loose.none ?? [['a']])
    class Account {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.text()) owner!: string
      @Column(t.integer()) balance!: number
    }
    expect(lines(Account)).toEqual([
      "@Index on Account includes 'blance', which is no column. Did you mean 'balance'? Columns: id, owner, balance",
      "Account has two constraints or indexes called 'same'. Rename one of them",
      "@Index on Account fails: Account has no property 'onwer'. Did you mean 'owner'? Properties: id, owner, balance",
      '@Index on Account is given something that is no expression. Write @Index((o) => …) over its properties',
      "@Check on Account uses the aggregate sum. A table's definition computes with columns of Account only",
      "@Exclude on Account is not given pairs. Write [[o.room, '='], [o.during, '&&']]",
    ])
  })
})

describe('classes', () => {
  it('share no table, extend no entity, and belong to one registry', () => {
    @Entity({ table: 'same' })
    class First {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity({ table: 'same' })
    class Second {
      @PrimaryKey(t.integer()) id!: number
    }
    @Entity()
    class Third extends First {
      @Column(t.text()) name!: string
    }
    class Plain {}
    expect(lines(First, Second, Third, Plain)).toEqual([
      'Third extends the entity First; inheritance between entities is not mapped yet. Move the shared properties to a base class without @Entity',
      "Plain is listed in a registry's entities, but is no entity. Write @Entity() above Plain",
      "First and Second are both mapped to the table 'same'. Name another table: @Entity({ table: '…' })",
    ])
    expect(() => new Registry({ entities: [First] })).toThrow(
      'First belongs to another registry. A class is mapped once: list it in one registry only',
    )
  })
})

/** A class of its own per call, since a class belongs to one registry. */
function Customer2(): typeof Customer {
  @Entity()
  class Customer {
    @PrimaryKey(t.integer()) id!: number
    @Column(t.text()) email!: string
  }
  return Customer
}
