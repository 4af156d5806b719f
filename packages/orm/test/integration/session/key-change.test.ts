// Keys that change: what refers to them follows, in the database by ON UPDATE and in the session by hand.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { inspect, type Session } from '@oriel/orm'
import { entity, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Currency, office, Price } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const currency = (code: string): Currency => Object.assign(new Currency(), { code, name: code })
const price = (of: Currency): Price => Object.assign(new Price(), { currency: of })

describeLane('a natural key that changes', (lane) => {
  let db: Recorded
  let session: Session
  let euro: Currency
  let krone: Currency
  let prices: Price[]

  const stored = () =>
    db.engine.execute(sql`select currency_code from prices order by id`.columns([t.text()])).scalars()

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate currencies, prices restart identity`)
    session = db.sessions.open()
    euro = currency('EUR')
    krone = currency('DKK')
    prices = [price(euro), price(euro), price(krone)]
    session.addAll([euro, krone, ...prices])
    await session.commit()
    db.sent()
  })
  afterEach(() => session.close())

  const codes = () => prices.map(({ currencyCode }) => currencyCode)

  it('takes along what refers to it under ON UPDATE CASCADE, by one statement', async () => {
    euro.code = 'XEU'
    await session.flush()
    expect(db.sent()).toEqual(['begin', 'update currencies set code = $1 where code = $2'])
    expect(codes()).toEqual(['XEU', 'XEU', 'DKK'])
    expect(prices.map((each) => each.currency)).toEqual([euro, euro, krone])
    expect(session.dirty.size).toBe(0)
    expect(await session.get(Currency, 'XEU')).toBe(euro)
    expect(await session.get(Currency, 'EUR')).toBeNull()
    await session.commit()
    expect(await stored().all()).toEqual(['XEU', 'XEU', 'DKK'])
    await session.load(prices, entity(Price).currency)
    expect(prices[0]?.currency).toBe(euro)
  })

  it('one becoming what another was: each takes its own along', async () => {
    euro.code = 'DKK2'
    await session.flush()
    krone.code = 'EUR'
    euro.code = 'DKK'
    await session.commit()
    expect(codes()).toEqual(['DKK', 'DKK', 'EUR'])
    expect(await stored().all()).toEqual(['DKK', 'DKK', 'EUR'])
  })

  it('a rollback brings all of them back, to a savepoint too', async () => {
    await session.begin()
    await session
      .nested(async () => {
        euro.code = 'XEU'
        await session.flush()
        throw new Error('back')
      })
      .catch(() => {})
    expect([euro.code, ...codes()]).toEqual(['EUR', 'EUR', 'EUR', 'DKK'])
    euro.code = 'XEU'
    await session.flush()
    await session.rollback()
    expect([euro.code, ...codes()]).toEqual(['EUR', 'EUR', 'EUR', 'DKK'])
    expect(await session.get(Currency, 'EUR')).toBe(euro)
    expect(session.dirty.size).toBe(0)
    expect(await stored().all()).toEqual(['EUR', 'EUR', 'DKK'])
  })

  it('with what the user says in the same flush: the new key by hand, another parent, a new child', async () => {
    euro.code = 'XEU'
    const [first, second] = prices
    if (first) first.currencyCode = 'XEU'
    if (second) second.currency = krone
    const fresh = price(euro)
    session.add(fresh)
    await session.commit()
    expect([...codes(), fresh.currencyCode]).toEqual(['XEU', 'DKK', 'DKK', 'XEU'])
    expect(await stored().all()).toEqual(['XEU', 'DKK', 'DKK', 'XEU'])
    expect(inspect(fresh).state).toBe('persistent')
  })
})
