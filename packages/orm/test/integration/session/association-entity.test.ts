// Many-to-many through an entity: the rows in between are written by either, and what one deletes is gone for the other.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import {
  Column,
  createAll,
  Entity,
  inspect,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryKey,
  Registry,
  type Session,
  type SessionFactory,
  selectinload,
  sessionFactory,
} from '@oriel/orm'
import { entity, type Generated, type Many, type One, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'

const registry = new Registry()

@Entity({ registry, table: 'students' })
class Student {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @OneToMany(() => Enrolment, 'student') enrolments!: Many<Enrolment>
  @ManyToMany(() => Course, { through: () => Enrolment, orderBy: 'id' }) courses!: Many<Course>
}

@Entity({ registry, table: 'courses' })
class Course {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
}

@Entity({ registry, table: 'enrolments' })
class Enrolment {
  @PrimaryKey(t.integer()) studentId!: number
  @PrimaryKey(t.integer()) courseId!: number
  @Column(t.text(), { default: 'none' }) grade!: Generated<string>
  @ManyToOne(() => Student, 'studentId') student!: One<Student>
  @ManyToOne(() => Course, 'courseId') course!: One<Course>
}

const s = entity(Student)

describeLane('an association entity', (lane) => {
  let engine: Engine
  let sessions: SessionFactory
  let session: Session
  let student: Student

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    sessions = sessionFactory(engine, { registry })
  })
  afterAll(() => engine.close())
  beforeEach(async () => {
    await engine.execute(sql`truncate students, courses, enrolments restart identity`)
    await engine.execute(sql`insert into students default values`)
    await engine.execute(sql`insert into courses select from generate_series(1, 3)`)
    await engine.execute(sql`insert into enrolments (student_id, course_id) values (1, 1), (1, 2)`)
    session = sessions.open()
    student = await session.scalars(select(Student).options(selectinload(s.courses), selectinload(s.enrolments))).one()
  })
  afterEach(() => session.close())

  const rows = async (): Promise<number[]> =>
    (await engine.execute(sql<{ id: number }>`select course_id as id from enrolments order by 1`).all()).map(
      ({ id }) => id,
    )

  it('is deleted with the row that a collection let go, and comes back with a rollback', async () => {
    const [first, second] = student.enrolments
    student.courses.splice(0, 1)
    if (first) first.grade = 'A'
    await session.flush()
    expect(first && inspect(first).state).toBe('deleted')
    expect(student.enrolments).toEqual([second])
    if (first) first.grade = 'B'
    if (second) second.grade = 'C'
    await session.flush()
    await session.rollback()
    expect(first && inspect(first).state).toBe('persistent')
    expect(student.enrolments).toHaveLength(2)
    student.courses = []
    await session.commit()
    expect(await rows()).toEqual([])
    expect(student.enrolments).toEqual([])
  })

  it('may be deleted beside it', async () => {
    const [first] = student.enrolments
    student.courses.splice(0, 1)
    if (first) session.delete(first)
    await session.commit()
    expect(await rows()).toEqual([2])
  })

  it('goes with the object whose rows go', async () => {
    session.expire(student, ['enrolments'])
    const first = await session.getOne(Enrolment, { studentId: 1, courseId: 1 })
    session.delete(student)
    await session.flush()
    expect(inspect(first).state).toBe('deleted')
    await session.commit()
    expect(await rows()).toEqual([])
  })

  it('goes with it also where its collection was loaded in part, to nothing', async () => {
    await session.close()
    session = sessions.open()
    student = await session
      .scalars(select(Student).options(selectinload(s.courses, (course) => ({ where: course.id.eq(3) }))))
      .one()
    session.delete(student)
    await session.commit()
    expect(await rows()).toEqual([])
  })

  it('that is deleted leaves a loaded collection as it is, until that is read again', async () => {
    const [first] = student.enrolments
    if (first) session.delete(first)
    await session.flush()
    expect(student.courses.map(({ id }) => id)).toEqual([1, 2])
    await session.refresh(student, ['courses'])
    expect(student.courses.map(({ id }) => id)).toEqual([2])
    await session.commit()
    expect(await rows()).toEqual([2])
  })
})
