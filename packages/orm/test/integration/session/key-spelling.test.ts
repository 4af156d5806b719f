// New objects whose keys are spelled otherwise than the server writes them, several in one flush.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { EntityClass } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import {
  ByBoolean,
  ByDate,
  ByEnum,
  ByNumber,
  ByPrice,
  ByTimestamp,
  ByUuid,
  ByVarchar,
  keyModel,
} from '../../fixture/bulk-keys.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const uuid = '0b4b7f0e-5c3f-4c8e-9b1a-0e1d2c3b4a59'
const cases: [string, EntityClass<object>, unknown[], unknown[]][] = [
  [
    'numeric',
    ByNumber,
    ['007', '1e2', '-0.00', '1.50', '1e2000'],
    ['7', '100', '0.00', '1.50', `1${'0'.repeat(2000)}`],
  ],
  ['numeric(10, 2)', ByPrice, ['1', '2.005', '+3'], ['1.00', '2.01', '3.00']],
  ['date', ByDate, ['2024-1-2', '2024-01-01', '2024-01-3'], ['2024-01-02', '2024-01-01', '2024-01-03']],
  [
    'timestamp',
    ByTimestamp,
    ['2024-01-02T10:00', '2024-01-01 10:00:00.50'],
    ['2024-01-02 10:00:00', '2024-01-01 10:00:00.5'],
  ],
  ['uuid', ByUuid, [uuid.replaceAll('-', '').toUpperCase(), uuid.replace('0', '1')], [uuid, uuid.replace('0', '1')]],
  ['varchar(3)', ByVarchar, ['xyz', 'abc', 'ab '], ['xyz', 'abc', 'ab ']],
  ['boolean', ByBoolean, [true, false], [true, false]],
  ['enum', ByEnum, ['wild', 'calm'], ['wild', 'calm']],
]

describeLane('keys as a flush sends them', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), keyModel)
  })
  afterAll(() => db.close())

  describe.each(cases)('%s', (_, entityClass, given, stored) => {
    it('come back to their objects as they are stored, and name them', async () => {
      await using session = db.sessions.open()
      const objects = given.map((id, n) => Object.assign(Reflect.construct(entityClass, []), { id, n }))
      for (const object of objects) session.add(object)
      await session.flush()
      db.sent()
      for (const [i, object] of objects.entries())
        expect(await session.get(entityClass, stored[i] as never)).toBe(object)
      expect(db.sent()).toEqual([])
      for (const object of objects) await session.refresh(object)
      expect(objects.map(({ n }) => n)).toEqual(stored.map((_, n) => n))
      // A uuid is not asked back: its object keeps the spelling that it was given.
      if (entityClass !== ByUuid) expect(objects.map(({ id }) => id)).toEqual(stored)
    })
  })
})
