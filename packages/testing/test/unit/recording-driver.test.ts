import { describe, expect, it } from '@jest/globals'
import { ClosedError, DriverError } from '@oriel/engine'
import { ArgumentError } from '@oriel/sql'
import { RecordingDriver } from '@oriel/testing'

const statement = (text: string, ...params: string[]) => ({ text, params, isPreparable: true })

describe('the recording driver', () => {
  it('records statements in order, with their connection', async () => {
    const driver = new RecordingDriver()
    const first = await driver.connect()
    const second = await driver.connect()
    await first.execute(statement('begin'))
    await second.execute(statement('select $1', 'x'))
    expect(driver.texts).toEqual(['begin', 'select $1'])
    expect(driver.statements).toEqual([
      { connection: 1, text: 'begin', params: [] },
      { connection: 2, text: 'select $1', params: ['x'] },
    ])
    driver.clear()
    expect(driver.texts).toEqual([])
  })

  it('answers from its script, and with no rows where the script is silent', async () => {
    const driver = new RecordingDriver([
      { when: 'select 1', answer: { columns: ['n', 't'], oids: [23], rows: [['1', null]] } },
      { when: /^update/, answer: { rowCount: 3 } },
      { when: /echo/, answer: ({ params }) => ({ columns: ['e'], rows: [[params[0] ?? null]] }) },
    ])
    const connection = await driver.connect()
    expect(await connection.execute(statement('select 1'))).toEqual({
      columns: [
        { name: 'n', oid: 23 },
        { name: 't', oid: 25 },
      ],
      rows: [['1', null]],
      rowCount: 1,
      command: 'SELECT',
    })
    expect(await connection.execute(statement('update t'))).toMatchObject({ rowCount: 3, command: 'UPDATE' })
    expect((await connection.execute(statement('echo', 'x'))).rows).toEqual([['x']])
    expect(await connection.execute(statement('commit'))).toEqual({
      columns: [],
      rows: [],
      rowCount: 0,
      command: 'COMMIT',
    })
  })

  it('refuses what the script refuses, a crooked script, and everything once closed', async () => {
    const driver = new RecordingDriver([
      { when: 'fail', answer: { error: { message: 'no', sqlState: '23505' } } },
      { when: 'crooked', answer: { columns: ['a'], rows: [['1', '2']] } },
    ])
    const connection = await driver.connect()
    await expect(connection.execute(statement('fail'))).rejects.toThrow(DriverError)
    await expect(connection.execute(statement('crooked'))).rejects.toThrow(ArgumentError)
    await connection.close()
    await expect(connection.execute(statement('select 1'))).rejects.toThrow(ClosedError)
  })
})
