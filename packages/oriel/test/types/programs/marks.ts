// Twins of one shape, tags, subtypes, Numeric, Generated and Computed; and what declaration emit must be able to name.
import {
  aliased,
  and,
  Column,
  type Computed,
  type Connection,
  entity,
  func,
  type Generated,
  insert,
  ManyToOne,
  type Numeric,
  not,
  type One,
  PrimaryKey,
  select,
  types as t,
} from 'oriel'
import { is } from './same.ts'

declare const connection: Connection
export class Currency {
  @PrimaryKey(t.integer()) id!: Generated<number>
  @Column(t.text()) name!: string
}
export class Country {
  @PrimaryKey(t.integer()) id!: Generated<number>
  @Column(t.text()) name!: string
}
export class Wide {
  @PrimaryKey(t.integer()) id!: Generated<number>
  @Column(t.text()) name!: string
  @Column(t.text()) more!: string
}
export class Price {
  @PrimaryKey(t.integer()) id!: Generated<number>
  @Column(t.numeric(12, 2)) exact!: Numeric
  @Column(t.text()) plain!: string
  @Column(t.bigint()) big!: bigint
  @Column(t.text().nullable()) maybe!: Generated<string | null>
  @Column(t.integer()) half!: Computed<number>
  @ManyToOne(() => Currency, 'currencyId') currency!: One<Currency>
  @Column(t.integer()) currencyId!: number
}
const price = entity(Price)
const cur = entity(Currency)
const cou = entity(Country)
const wide = entity(Wide)
const curT = entity(Currency, 'currency')
const couT = entity(Country, 'country')

export const exported = price
export const query = select({ id: price.id, total: func.sum(price.exact) }).leftJoin(curT, curT.id.eq(price.currencyId))

export async function twins(): Promise<void> {
  const on = cur.id.eq(price.currencyId)
  is<[boolean | null, boolean | null, boolean]>()(
    await connection
      .execute(
        select(and(cur.id.eq(1), price.id.eq(1)), not(cur.id.eq(2)), cur.id.isNull()).leftJoin(cur, cur.id.eq(1)),
      )
      .one(),
  )
  is<[string, string]>()(await connection.execute(select(wide.name, price.plain).leftJoin(cur, on)).one())
  is<[string | null, string | null]>()(await connection.execute(select(cur.name, cou.name).leftJoin(cur, on)).one())
  is<[string | null, string]>()(await connection.execute(select(curT.name, couT.name).leftJoin(curT, on)).one())
  is<[string | null, string | null]>()(await connection.execute(select(curT.name, cou.name).leftJoin(cur, on)).one())
  const a = aliased(Currency, 'a')
  const b = aliased(Currency, 'b')
  is<[string | null, string]>()(await connection.execute(select(a.name, b.name).leftJoin(a, on)).one())
}

export async function numbers(): Promise<string> {
  price.exact.gt(1)
  price.exact.gt('1')
  price.exact.gt(1n)
  price.big.eq('1')
  price.exact.mul(2).add(price.exact)
  price.big.gt(price.id)
  // error: is not assignable to parameter of type 'string
  price.plain.gt(1)
  const sums = select(
    func.sum(price.exact),
    func.avg(price.exact),
    func.avg(price.id),
    func.avg(price.big),
    func.sum(price.big),
  )
  is<[Numeric | null, Numeric | null, number | null, Numeric | null, bigint | null]>()(
    await connection.execute(sums).one(),
  )
  insert(Price).values({ exact: 1, plain: '2', big: 3, currencyId: 1 })
  insert(Price).values({ exact: '1', plain: '2', big: 3n, currencyId: 1, maybe: null })
  // error: 'half' does not exist in type
  insert(Price).values({ exact: 1, plain: '2', big: 3, currencyId: 1, half: 1 })
  const p = new Price()
  p.exact = '1'
  const s: string = p.exact
  return s
}
