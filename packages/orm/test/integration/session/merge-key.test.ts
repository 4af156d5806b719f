// Merged rows are found by keys of every form and spelling, many by one statement, as get() finds one.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { Column, Entity, inspect, ManyToOne, OneToMany, PrimaryKey, Registry, type Session } from '@oriel/orm'
import { type Many, type Numeric, type One, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const registry = new Registry()

@Entity({ registry, table: 'stations' })
class Station {
  @PrimaryKey(t.text()) name!: string
  @OneToMany(() => Reading, 'station') readings!: Many<Reading>
  @OneToMany(() => Span, 'station') spans!: Many<Span>
  @OneToMany(() => Code, 'station') codes!: Many<Code>
  @OneToMany(() => Rate, 'station') rates!: Many<Rate>
  @OneToMany(() => Path, 'station') paths!: Many<Path>
}

@Entity({ registry, table: 'readings' })
class Reading {
  @PrimaryKey(t.uuid()) sensor!: string
  @PrimaryKey(t.bigint()) sequence!: bigint
  @PrimaryKey(t.timestamptz()) at!: Date
  @Column(t.text().nullable()) stationName!: string | null
  @ManyToOne(() => Station, 'stationName') station!: One<Station> | null
}

/** `1 day` and `24:00:00` are one key to the server, and two texts. */
@Entity({ registry, table: 'spans' })
class Span {
  @PrimaryKey(t.custom<string>('interval')) length!: string
  @Column(t.text().nullable()) stationName!: string | null
  @ManyToOne(() => Station, 'stationName') station!: One<Station> | null
}

/** A cast would cut what is longer. */
@Entity({ registry, table: 'codes' })
class Code {
  @PrimaryKey(t.varchar(3)) code!: string
  @Column(t.text().nullable()) stationName!: string | null
  @ManyToOne(() => Station, 'stationName') station!: One<Station> | null
}

@Entity({ registry, table: 'rates' })
class Rate {
  @PrimaryKey(t.numeric(6, 2)) rate!: Numeric
  @Column(t.text().nullable()) stationName!: string | null
  @ManyToOne(() => Station, 'stationName') station!: One<Station> | null
}

/** The rows of the table are called as those of the statement would be. */
@Entity({ registry, table: 'rows' })
class Path {
  @PrimaryKey(t.text().array()) steps!: string[]
  @Column(t.text().nullable(), { name: 'ordinality' }) stationName!: string | null
  @ManyToOne(() => Station, 'stationName') station!: One<Station> | null
}

describeLane('merge by keys', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), registry)
    await db.engine.execute(sql`insert into readings (sensor, sequence, at)
      select '0b3c7a52-5d3e-4f0a-9c55-5a1f3a3e9d01', i, '2024-06-01 02:00:00+02' from generate_series(1, 3) i`)
    await db.engine.execute(sql`insert into spans (length) values ('1 day'), ('2 days')`)
    await db.engine.execute(sql`insert into codes (code) values ('abc'), ('x')`)
    await db.engine.execute(sql`insert into rates (rate) values (1.5), (2)`)
    await db.engine.execute(sql`insert into rows (steps) values ('{a,b}'), ('{"a,b"}')`)
  })
  afterAll(() => db.close())
  afterEach(() => {
    session.expungeAll()
    return session.close()
  })

  const merged = async (values: Partial<Record<keyof Station, object[]>>): Promise<Station> => {
    session = db.sessions.open()
    db.sent()
    const station = await session.merge(Object.assign(new Station(), values))
    expect(db.sent()).toHaveLength(1)
    return station
  }
  const statesOf = (objects: readonly object[]): string[] => objects.map((each) => inspect(each).state)

  it('of several columns', async () => {
    const sensor = '0B3C7A52-5D3E-4F0A-9C55-5A1F3A3E9D01'
    const at = new Date('2024-06-01T00:00:00Z')
    const { readings } = await merged({
      readings: [1n, '2', 3, 4n].map((sequence) => Object.assign(new Reading(), { sensor, sequence, at })),
    })
    expect(statesOf(readings)).toEqual(['persistent', 'persistent', 'persistent', 'pending'])
    expect(readings.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n])
  })

  it('that are written otherwise than the server does', async () => {
    const { spans } = await merged({
      spans: ['24:00:00', '3 days', '48 hours', '1 day'].map((length) => Object.assign(new Span(), { length })),
    })
    // The first and the last are one row.
    expect(spans.map(({ length }) => length)).toEqual(['1 day', '3 days', '2 days'])
    expect(statesOf(spans)).toEqual(['persistent', 'pending', 'persistent'])
  })

  it('that are longer than the column', async () => {
    const { codes } = await merged({
      codes: ['abcd', 'x', 'abc'].map((code) => Object.assign(new Code(), { code })),
    })
    expect(statesOf(codes)).toEqual(['pending', 'persistent', 'persistent'])
  })

  it('of decimals, by value', async () => {
    const { rates } = await merged({ rates: ['1.5', '2.000', '3'].map((rate) => Object.assign(new Rate(), { rate })) })
    expect(rates.map(({ rate }) => String(rate))).toEqual(['1.50', '2.00', '3'])
    expect(statesOf(rates)).toEqual(['persistent', 'persistent', 'pending'])
  })

  it('of arrays, in a table that is called as the rows of the statement', async () => {
    const { paths } = await merged({
      paths: [['a,b'], ['a', 'b'], ['a']].map((steps) => Object.assign(new Path(), { steps })),
    })
    expect(paths.map(({ steps }) => steps)).toEqual([['a,b'], ['a', 'b'], ['a']])
    expect(statesOf(paths)).toEqual(['persistent', 'persistent', 'pending'])
  })
})
