// A plain value keeps its value beside a column with a length or a scale.
import { describe, expect, it } from '@jest/globals'
import { caseWhen, func, select, types as t } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { o } from '../../shop.ts'

const textOf = (query: { toSQL(target: typeof dialect): { text: string } }) => query.toSQL(dialect).text

describe('a plain value', () => {
  it.each([
    ['numeric(12, 2)', t.numeric(12, 2), '0.005', 'numeric'],
    ['varchar(3)', t.varchar(3), 'abcdefgh', 'varchar'],
    ['char(3)', t.char(3), 'abcdefgh', 'text'],
  ] as const)('beside %s', (_, type, value, bare) => {
    const query = select(caseWhen(o.id.eq(1), o.status.cast<string>(type)).else(value))
    expect(textOf(query)).toContain(`else $2::${bare} end`)
  })
  it('as the bound of a range', () => {
    expect(textOf(select(func.count().over({ orderBy: o.amount, range: [-0.005, 0] })))).toContain(
      '$1::numeric preceding',
    )
  })
})
