// Errors of a real server, as people meet them: class, message, and what is carried beside it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  CheckViolationError,
  type DatabaseError,
  DataError,
  ExclusionViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  ProgrammingError,
  UniqueViolationError,
} from '@oriel/sql'
import { foreignKeySide, violatedKey } from '../../../src/error/constraint.ts'
import { databaseError } from '../../../src/sqlstate.ts'
import { openWire, type Wire } from '../../wire.ts'

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
  await wire.rows('create extension if not exists btree_gist').catch(() => [])
  await wire.rows(
    `create table authors (id int primary key, email text unique, name text not null, age int check (age >= 0), boss int references authors)`,
  )
  await wire.rows('create unique index authors_lower_name on authors (lower(name))')
  await wire.rows('create table lines ("order" int, line int, primary key ("order", line))')
  await wire.rows(
    'create table parcels (id int primary key, "order" int, line int, author_id int references authors, foreign key ("order", line) references lines)',
  )
  await wire.rows('create table bookings (during int4range, exclude using gist (during with &&))')
  await wire.rows(`insert into authors values (1, 'ann@x.io', 'Ann', 1, null), (2, 'bob@x.io', 'Bob', 1, 1)`)
  await wire.rows('insert into lines values (1, 2)')
  await wire.rows('insert into parcels values (1, 1, 2, 2)')
  await wire.rows(`insert into bookings values ('[1,5)')`)
})
afterAll(() => wire.close())

async function errorOf(
  text: string,
  params: readonly string[] = [],
  subjects: readonly string[] = [],
): Promise<DatabaseError> {
  const fields = await wire.refused(text, params)
  return databaseError({ fields, statement: { text, params, subjects } })
}

describe('constraint violations speak in tables and columns', () => {
  it.each([
    [
      `insert into authors values (3, 'ann@x.io', 'X')`,
      UniqueViolationError,
      'authors.email "ann@x.io" is already taken (constraint authors_email_key)',
      { table: 'authors', column: 'email', value: 'ann@x.io', constraint: 'authors_email_key' },
    ],
    [
      `insert into authors values (1, 'z', 'X')`,
      UniqueViolationError,
      'authors.id 1 is already taken (constraint authors_pkey)',
      { column: 'id', value: '1' },
    ],
    [
      `insert into lines values (1, 2)`,
      UniqueViolationError,
      'lines.(order, line) (1, 2) is already taken (constraint lines_pkey)',
      { value: ['1', '2'] },
    ],
    [
      `insert into authors values (3, 'z', 'ANN')`,
      UniqueViolationError,
      'authors.lower(name) "ann" is already taken (constraint authors_lower_name)',
      { value: 'ann' },
    ],
    [
      `insert into parcels values (2, 1, 2, 999)`,
      ForeignKeyViolationError,
      'parcels.author_id 999 does not exist in authors (constraint parcels_author_id_fkey)',
      { table: 'parcels', column: 'author_id', value: '999' },
    ],
    [
      `insert into parcels values (2, 8, 9, 1)`,
      ForeignKeyViolationError,
      'parcels.(order, line) (8, 9) does not exist in lines (constraint parcels_order_line_fkey)',
      { value: ['8', '9'] },
    ],
    [
      `insert into authors values (4, 'q', 'Q', 1, 77)`,
      ForeignKeyViolationError,
      'authors.boss 77 does not exist in authors (constraint authors_boss_fkey)',
      { value: '77' },
    ],
    [
      `delete from authors where id = 2`,
      ForeignKeyViolationError,
      'authors.id 2 is still referenced by parcels (constraint parcels_author_id_fkey)',
      { value: '2', constraint: 'parcels_author_id_fkey' },
    ],
    [
      `delete from authors where id = 1`,
      ForeignKeyViolationError,
      'authors.id 1 is still referenced by authors (constraint authors_boss_fkey)',
      { value: '1' },
    ],
    [
      `delete from lines`,
      ForeignKeyViolationError,
      'lines.(order, line) (1, 2) is still referenced by parcels (constraint parcels_order_line_fkey)',
      {},
    ],
    [
      `insert into authors values (3, 'z', null)`,
      NotNullViolationError,
      'authors.name must not be null',
      { column: 'name' },
    ],
    [
      `insert into authors values (3, 'z', 'Z', -1)`,
      CheckViolationError,
      'authors: a row fails the check authors_age_check',
      { constraint: 'authors_age_check' },
    ],
    [
      `insert into bookings values ('[2,3)')`,
      ExclusionViolationError,
      'bookings.during "[2,3)" conflicts with an existing row (constraint bookings_during_excl)',
      { value: '[2,3)' },
    ],
  ] as const)('%s', async (text, type, message, carried) => {
    const error = await errorOf(text)
    expect(error).toBeInstanceOf(type)
    expect(error.message).toBe(message)
    expect(error).toMatchObject(carried)
  })

  it('in the words of the model where they are given', async () => {
    const text = `insert into authors values (3, 'ann@x.io', 'X')`
    const fields = await wire.refused(text)
    const error = databaseError({ fields, model: { entity: 'Author', property: 'email' } })
    expect(error.message).toBe('Author.email "ann@x.io" is already taken (constraint authors_email_key)')
    expect(error).toMatchObject({ entity: 'Author', property: 'email', value: 'ann@x.io' })
  })

  it('without the value where the parameters are hidden', async () => {
    const text = 'insert into authors values (3, $1, $2)'
    const fields = await wire.refused(text, ['ann@x.io', 'X'])
    const error = databaseError({ fields, statement: { text, params: [], subjects: ['Author.email', 'Author.name'] } })
    expect(error.message).toBe('authors.email is already taken (constraint authors_email_key)')
    expect(error.value).toBeUndefined()
  })

  it("a deferred or hidden detail still gives the server's own words", () => {
    const fields = { message: 'duplicate key value violates unique constraint "k"', sqlState: '23505', table: 't' }
    expect(databaseError({ fields }).message).toBe('duplicate key value violates unique constraint "k"')
  })
})

describe('the detail is read whatever the values hold', () => {
  it.each([
    ['Key (email)=(a)=(b) already exists.', ['email'], 'a)=(b'],
    ['Key (email)=(x (y)) already exists.', ['email'], 'x (y)'],
    ['Schlüssel »(email)=(ann)« existiert bereits.', ['email'], 'ann'],
    ['Key ("a, b")=(1) already exists.', ['a, b'], '1'],
    ['Key (a, b)=(1, 2, 3) already exists.', ['a', 'b'], '1, 2, 3'],
    ['Key (a)=(1) is not present in table "x (y)".', ['a'], '1'],
    ['Key (r, d)=(1, [1,5)) conflicts with existing key (r, d)=(1, [2,3)).', ['r', 'd'], '1, [1,5)'],
    ['Key (lower(a), b)=(x, y) already exists.', ['lower(a)', 'b'], 'x, y'],
  ])('%s', (detail, columns, text) => {
    expect(violatedKey(detail)).toMatchObject({ columns, text })
  })

  it.each([undefined, '', 'MATCH FULL does not allow mixing of null and nonnull key values.'])(
    '%j holds no key',
    (detail) => {
      expect(violatedKey(detail)).toBeNull()
    },
  )

  it('values that cannot be told apart are null', () => {
    expect(violatedKey('Key (a, b)=(1, 2, 3) already exists.')?.values).toBeNull()
  })

  it('a value that looks like the end of the detail does not move it', async () => {
    for (const email of ['x) already exists.', '(', ')', ')=(', 'a, b', '"']) {
      await wire.rows('insert into authors values (50, $1, $2) on conflict do nothing', [email, `n${email}`])
      const fields = await wire.refused('insert into authors values (51, $1, $2)', [email, 'other'])
      expect(violatedKey(fields.detail)).toMatchObject({ columns: ['email'], text: email })
      await wire.rows('delete from authors where id = 50')
    }
  })

  it('the side of a foreign key without its table is unknown', () => {
    expect(foreignKeySide({ message: 'x', sqlState: '23503' })).toBeNull()
  })
})

describe('an error in the statement shows the place', () => {
  it('with a caret, and the parameters by name', async () => {
    const error = await errorOf('select nmae\nfrom authors where id = $1', ['1'], ['Author.id'])
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error.message).toBe(
      [
        'column "nmae" does not exist',
        '  select nmae',
        '         ^',
        '  parameters: $1 Author.id',
        `  ${error.hint}`,
      ].join('\n'),
    )
  })

  it('a window in WHERE: the way out', async () => {
    const error = await errorOf('select id from authors where row_number() over () = 1')
    expect(error.sqlState).toBe('42P20')
    expect(error.message).toBe(
      [
        'window functions are not allowed in WHERE',
        '  select id from authors where row_number() over () = 1',
        '                               ^',
        "  Windows are computed after WHERE: select them in a CTE or subquery, such as .cte('ranked'), and filter outside. In a SELECT, .qualify(…) does that.",
      ].join('\n'),
    )
  })

  it("the server's own hint goes first", async () => {
    const error = await errorOf('select authors.emial from authors')
    expect(error.hint).toBe('Perhaps you meant to reference the column "authors.email".')
  })
})

describe('a parameter that the server cannot read is named', () => {
  it('by the number that the server tells', async () => {
    const error = await errorOf('select $1::text, $2::int', ['a', 'secret'], ['Author.name', 'Author.age'])
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toBe('Author.age expects integer, and PostgreSQL cannot read the value as one')
    expect(error.message).not.toContain('secret')
  })

  it('by its text where the server does not tell', () => {
    const fields = { message: 'invalid input syntax for type uuid: "zz"', sqlState: '22P02' }
    const statement = { text: 'select $1, $2', params: ['1', 'zz'], subjects: ['A.a', 'A.b'] }
    expect(databaseError({ fields, statement }).message).toBe(
      'A.b expects uuid, and PostgreSQL cannot read the value as one',
    )
    const twice = { ...statement, params: ['zz', 'zz'] }
    expect(databaseError({ fields, statement: twice }).message).toBe(fields.message)
  })

  it('by its size where a numeric overflows, if one only is that large', async () => {
    await wire.rows('create table wages (id int, salary numeric(5, 2), bonus numeric(5, 2))')
    const text = 'insert into wages values ($1, $2, $3)'
    const subjects = ['Wage.id', 'Wage.salary', 'Wage.bonus']
    const one = await errorOf(text, ['1', '-1000.5', '10'], subjects)
    expect(one).toBeInstanceOf(DataError)
    expect(one.message).toBe('numeric field overflow: of the parameters, only Wage.salary is that large')
    expect(one.message).not.toContain('1000.5')
    // It is the rounded value that must fit.
    expect((await errorOf(text, ['1', '5', '999.999'], subjects)).message).toContain('only Wage.bonus is that large')
    expect((await errorOf(text, ['1', '1000', '1000'], subjects)).message).toBe('numeric field overflow')
    expect((await errorOf('insert into wages values (1, $1 * 500)', ['2'], ['Wage.salary'])).message).toBe(
      'numeric field overflow',
    )
    const fields = await wire.refused(text, ['1', '1000', '1'])
    expect(databaseError({ fields, statement: { text, params: [], subjects } }).message).toBe('numeric field overflow')
  })

  it('with how a date is written, and no word of DateStyle', async () => {
    const error = await errorOf('select $1::date', ['31.12.2024'], ['Author.born'])
    expect(error.sqlState).toBe('22008')
    expect(error.message).toMatch(/^Author\.born: date\/time field value out of range/)
    expect(error.hint).toBe("Write a date as '2024-12-31', and a time with it as '2024-12-31 23:59:59'.")
    expect(error.message).not.toMatch(/datestyle/i)
    expect((await errorOf('select $1::date', ['soon'], ['Author.born'])).hint).toBe(error.hint)
  })

  it('out of range, and enum members', async () => {
    await wire.rows(`create type mood as enum ('sad')`)
    expect((await errorOf('select $1::int', ['99999999999'], ['Author.age'])).message).toMatch(/^Author\.age: /)
    expect((await errorOf('select $1::mood', ['glad'], ['Author.mood'])).message).toBe(
      'Author.mood expects mood, and PostgreSQL cannot read the value as one',
    )
  })
})

it('no parameter value is in a message or in what is enumerable', async () => {
  for (const [text, params] of [
    ['select $1::int', ['s3cret']],
    ['select $1::uuid', ['s3cret']],
    ['select $1::timestamptz', ['s3cret']],
    ['insert into authors (id, name) values (9, null) returning $1::text', ['s3cret']],
    ['select nope from authors where email = $1', ['s3cret']],
  ] as const) {
    const error = await errorOf(text, params, ['Author.x'])
    expect(error.message).not.toContain('s3cret')
    expect(JSON.stringify(error)).not.toContain('s3cret')
  }
})
