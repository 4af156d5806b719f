// Entities as JSON: what is loaded, no circles, and no more text than there are objects.
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Column, create, Entity, ManyToMany, ManyToOne, OneToMany, PrimaryKey, Registry } from '@oriel/orm'
import { ArgumentError, type Many, type One, types as t } from '@oriel/sql'

const registry = new Registry()

@Entity({ registry })
class Student {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) name!: string
  @ManyToMany(() => Course, { through: 'attendances' }) courses!: Many<Course>
  @ManyToMany(() => Student, { through: 'friendships' }) friends!: Many<Student>
}

@Entity({ registry })
class Course {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) title!: string
  @Column(t.integer().nullable()) roomId!: number | null
  @ManyToOne(() => Room, 'roomId') room!: One<Room> | null
  @ManyToMany(() => Student, { through: 'attendances' }) students!: Many<Student>
}

@Entity({ registry })
class Room {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer()) floorId!: number
  @ManyToOne(() => Floor, 'floorId') floor!: One<Floor>
}

@Entity({ registry })
class Floor {
  @PrimaryKey(t.integer()) id!: number
}

@Entity({ registry })
class Link {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer().nullable()) nextId!: number | null
  @ManyToOne(() => Link, 'nextId') next!: One<Link> | null
  @OneToMany(() => Link, 'next') before!: Many<Link>
}

@Entity({ registry })
class Account {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) password!: string
  @OneToMany(() => Login, 'account') logins!: Many<Login>
  toJSON(): object {
    const { password: _, ...shown } = this
    return shown
  }
}

@Entity({ registry })
class Login {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer()) accountId!: number
  @ManyToOne(() => Account, 'accountId') account!: One<Account>
}

function school(size: number): { students: Student[]; courses: Course[] } {
  const numbers = Array.from({ length: size }, (_, i) => i + 1)
  const students = numbers.map((id) => create(Student, { id, name: `student ${id}` }))
  const courses = numbers.map((id) => create(Course, { id, title: `course ${id}` }))
  for (const student of students) student.courses = [...courses]
  for (const course of courses) course.students = [...students]
  return { students, courses }
}

function paths(size: number): number {
  return inspect(school(size).students[0], { depth: null }).length
}

function parsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('on a console, with all that hangs on it', () => {
  it('an entity grows with the objects and their links, not with the ways through them', () => {
    expect(paths(12) / paths(6)).toBeLessThan(16)
  })
})

describe('toJSON', () => {
  it('writes both sides of a relationship once, and their columns wherever they stand', () => {
    expect(parsed(school(2).students[0])).toEqual({
      id: 1,
      name: 'student 1',
      courses: [
        { id: 1, title: 'course 1', students: [{ id: 2, name: 'student 2', courses: [{ id: 2, title: 'course 2' }] }] },
        { id: 2, title: 'course 2', students: [{ id: 2, name: 'student 2' }] },
      ],
    })
  })

  it('grows with the objects and their links, not with the ways through them', () => {
    const [small, large] = [10, 40].map((size) => JSON.stringify(school(size).students[0]).length)
    // Four times the objects have sixteen times the links.
    expect((large ?? 0) / (small ?? 1)).toBeLessThan(20)
    const people = Array.from({ length: 30 }, (_, id) => create(Student, { id, name: `student ${id}` }))
    for (const person of people) person.friends = people.filter((other) => other !== person)
    expect(JSON.stringify(people[0]).length).toBeLessThan(100_000)
    // No circle, and 6 ** 12 ways.
    const layers = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 6 }, (_, j) => create(Student, { id: i * 6 + j, name: 'x' })),
    )
    layers.forEach((layer, i) => {
      for (const person of layer) person.friends = layers[i + 1] ?? []
    })
    expect(JSON.stringify(layers[0]?.[0]).length).toBeLessThan(1_000_000)
  })

  it('repeats what is shared and leads nowhere back, with all that hangs on it', () => {
    const floor = create(Floor, { id: 1 })
    const room = create(Room, { id: 1, floor })
    const student = create(Student, { id: 1, name: 'Ann' })
    student.courses = [1, 2].map((id) => create(Course, { id, title: 'x', room }))
    const shown = { room: { id: 1, floor: { id: 1 } } }
    expect(parsed(student)).toMatchObject({ courses: [shown, shown] })
  })

  it('goes as deep as JSON does, and says so where that ends', () => {
    const chain = (length: number): Link => {
      let link = create(Link, { id: 0 })
      for (let id = 1; id < length; id++) {
        const next = link
        link = create(Link, { id, next })
        next.before = [link]
      }
      return link
    }
    expect(JSON.stringify(chain(1000)).split('"id"')).toHaveLength(1001)
    expect(() => JSON.stringify(chain(5000))).toThrow(ArgumentError)
    expect(() => JSON.stringify(chain(5000))).toThrow(
      'Link leads more than 1000 objects deep, which is deeper than JSON goes.',
    )
  })

  it('leaves to other classes what they say of themselves, circles apart', () => {
    const account = create(Account, { id: 1, password: 'secret' })
    account.logins = [1, 2].map((id) => create(Login, { id, account }))
    expect(parsed(account.logins[0])).toEqual({ id: 1, account: { id: 1, logins: [{ id: 2 }] } })
    expect(JSON.stringify([account, ...account.logins])).not.toContain('secret')
  })
})
