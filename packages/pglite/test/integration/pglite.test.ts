import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { ConnectError, type DriverConnection } from '@oriel/engine'
import { pglite } from '@oriel/pglite'
import { embeddedDatabase } from '@oriel/testing'
import { preparedFolder } from '../../../testing/src/prepared-folder.ts'

const run = (connection: DriverConnection, text: string) => connection.execute({ text, params: [], isPreparable: true })

describe('the embedded database', () => {
  it('says where it is, and opens nothing before it is used', async () => {
    expect(pglite().target).toBe('PGlite in memory')
    const missing = pglite('/no/such/folder')
    expect(missing.target).toBe('PGlite in /no/such/folder')
    expect(existsSync('/no')).toBe(false)
    await missing.close()
  })

  it('refuses options that are misspelt, and options where the folder stands', () => {
    expect(() => pglite('./data', { relaxedDurabilty: true } as object)).toThrow(
      /pglite\(\) has no option 'relaxedDurabilty'\.\n {2}Did you mean 'relaxedDurability'\?/,
    )
    expect(() => pglite('./data', { extensions: undefined } as object)).toThrow('extensions is undefined')
    expect(() => pglite({ relaxedDurability: true } as never)).toThrow('pglite(undefined, { … })')
  })

  it('says which folder it cannot open', async () => {
    const inFile = join(import.meta.filename, 'data')
    const error = await pglite(inFile)
      .connect()
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConnectError)
    expect(String(error)).toContain(`could not be opened: PGlite in ${inFile}`)
  })

  it('says which folder does not hold a database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oriel-broken-'))
    await writeFile(join(folder, 'PG_VERSION'), '9.1\n')
    const driver = pglite(folder)
    await expect(driver.connect()).rejects.toThrow(ConnectError)
    await driver.close()
    await rm(folder, { recursive: true })
  })

  // Initialises a database, which takes seconds of processor time.
  it('keeps its data in a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oriel-data-'))
    const path = join(folder, 'deep', 'data')
    const first = pglite(path)
    const connection = await first.connect()
    await run(connection, 'create table kept as select 42 as n')
    await first.close()
    expect(connection.isClosed).toBe(true)
    const second = pglite(path)
    expect((await run(await second.connect(), 'select n from kept')).rows).toEqual([['42']])
    await second.close()
    await rm(folder, { recursive: true })
  }, 180_000)

  it('leaves an instance of the application open, with its settings', async () => {
    const owner = await embeddedDatabase()
    const database = await owner.database()
    await database.exec(`set application_name to 'mine'; create temporary table scratch ()`)
    const driver = pglite(database)
    const connection = await driver.connect()
    await run(connection, 'begin')
    await run(connection, 'create table lost ()')
    await driver.close()
    const { rows } = await database.query(
      `select current_setting('application_name') as name, to_regclass('scratch') is not null as scratch, to_regclass('lost') as lost`,
    )
    expect(rows).toEqual([{ name: 'mine', scratch: true, lost: null }])
    await owner.close()
  })

  it('has one connection, and another one after it', async () => {
    const driver = await embeddedDatabase()
    const opening = driver.connect()
    await expect(driver.connect()).rejects.toThrow('has one connection, and it is open already')
    await (await opening).close()
    const second = await driver.connect()
    expect((await run(second, 'select 1')).rows).toEqual([['1']])
    await driver.close()
  })

  it('opens again, empty, after it was closed', async () => {
    const driver = await embeddedDatabase()
    await run(await driver.connect(), 'create table gone ()')
    await driver.close()
    expect((await run(await driver.connect(), `select to_regclass('gone')`)).rows).toEqual([[null]])
    await driver.close()
  })

  it('does not keep the process alive, though nobody closed it and the data was there before', async () => {
    const archive = join(import.meta.dirname, 'exit.tmp.tar')
    await writeFile(archive, await preparedFolder())
    const program = `
      const { readFileSync } = await import('node:fs')
      const { pglite } = await import('@oriel/pglite')
      const driver = pglite(undefined, { loadDataDir: new Blob([readFileSync(${JSON.stringify(archive)})]) })
      const connection = await driver.connect()
      const { rows } = await connection.execute({ text: 'select 1 + 1', params: [], isPreparable: true })
      console.log(rows[0][0])`
    const file = join(import.meta.dirname, 'exit.tmp.mjs')
    await writeFile(file, program)
    const tsx = join(import.meta.dirname, '../../../../apps/flights/node_modules/tsx/dist/loader.mjs')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@oriel/source', '--import', tsx, file],
      {
        timeout: 50_000,
      },
    ).finally(() => Promise.all([rm(file), rm(archive)]))
    expect(stdout.trim()).toBe('2')
  })
})
