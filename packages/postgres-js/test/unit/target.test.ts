import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { postgresJs } from '@oriel/postgres-js'
import { targetOf } from '@oriel/postgres-wire'
import { ArgumentError } from '@oriel/sql'

describe('the address of a server', () => {
  it.each([
    ['postgres://ann:secret@db.example:6543/shop', 'db.example:6543/shop as ann'],
    ['postgresql://ann@db.example/shop', 'db.example:5432/shop as ann'],
    ['postgres://ann@db.example', 'db.example:5432/ann as ann'],
    ['postgres://a%40b:p%2Fw@[::1]:5433/a%20b', '[::1]:5433/a b as a@b'],
    ['postgres://ann@localhost/shop?host=/run/postgresql', '/run/postgresql:5432/shop as ann'],
    ['postgres://ann:secret@db.example/shop?application_name=a@b', 'db.example:5432/shop as ann'],
  ])('%s is %s', (url, target) => {
    expect(postgresJs(url).target).toBe(target)
  })

  it('is told in parts as well', () => {
    const driver = postgresJs({ host: 'db', port: 1234, database: 'shop', user: 'ann', password: 'secret' })
    expect(driver.target).toBe('db:1234/shop as ann')
  })

  it.each<[string, () => unknown, RegExp]>([
    [
      'a part',
      () => postgresJs({ databse: 'shop' } as object),
      /has no option 'databse'\.\n {2}Did you mean 'database'\?/,
    ],
    [
      'an option',
      () => postgresJs('postgres://db/shop', { onNotise: () => {} } as object),
      /Did you mean 'onNotice'\?/,
    ],
    ['an encryption', () => postgresJs({ ssl: 'requre' as 'require' }), /ssl: 'requre'\n {2}Did you mean 'require'\?/],
    ['a variable', () => postgresJs({ host: process.env.ORIEL_NOT_SET as string }), /host is undefined/],
    ['a time', () => postgresJs('postgres://db/shop', { connectTimeoutMs: Number.NaN }), /connectTimeoutMs/],
    ['options', () => postgresJs('postgres://db/shop', 'onNotice' as never), /takes an object of options/],
  ])('is refused with %s that is misspelt or not set', (_, make, message) => {
    expect(make).toThrow(ArgumentError)
    expect(make).toThrow(message)
  })

  it('reads encryption and settings from the URL', () => {
    expect(targetOf('postgres://ann@db/shop?sslmode=verify-full&search_path=app', 'postgresJs')).toMatchObject({
      ssl: 'verify-full',
      parameters: { search_path: 'app' },
    })
  })

  it.each([
    ['mysql://ann:secret@db/shop', /its scheme is 'mysql', not 'postgres'/],
    ['', /The URL is empty/],
    ['ann:secret@db/shop', /has no scheme: \*\*\*@db\/shop/],
    ['postgres://ann:sec/ret@db/shop', /the character '\/', which is written %2F/],
    ['postgres://ann:sec#ret@db/shop', /the character '#', which is written %23/],
    ['postgres://ann:sec?ret@db/shop', /the character '\?', which is written %3F/],
    ['postgres://ann:sec@ret@db/shop', /the character '@', which is written %40/],
    ['postgres://ann:sec%ret@db/shop', /the character '%', which is written %25/],
    ['postgres://ann:secret@db:54x/shop', /the port '54x'/],
    ['postgres://ann:secret@db:70000/shop', /the port '70000'/],
    ['postgres://ann:secret@db1,db2/shop', /several hosts/],
    ['postgres://ann:secret@db/shop?sslmode=maybe', /sslmode=maybe/],
    ['postgres://ann:secret@db/shop?channel_binding=require', /channel_binding=require/],
    [
      'postgres://ann:secret@db/shop?pool=3',
      /'pool', which is no setting of a PostgreSQL server\n.*pool: \{ size: 20 \}/,
    ],
    ['postgres://ann:secret@db/shop?connect_timeout=10', /'connect_timeout'.*\n.*connectTimeoutMs/],
    ['postgres://ann:secret@db/shop?ssl=true', /'ssl'.*\n.*sslmode=require/],
    ['postgres://ann:secret@db/shop?schema=app', /'schema'.*\n.*search_path/],
    ['postgres://ann:secret@d b/shop', /cannot be read/],
  ])('refuses %s and says what is wrong', (url, message) => {
    let error: unknown
    try {
      postgresJs(url)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ArgumentError)
    expect(String(error)).toMatch(message)
    expect(inspect(error, { depth: 9, showHidden: true }).replace(/^ {4}at .*$/gm, '')).not.toMatch(/secret|sec.ret/)
  })

  it.each([undefined, null, 5432])('refuses %s instead of a URL', (given) => {
    // The types forbid it; an environment variable that is not set gets past them.
    const untyped: (url: never) => unknown = postgresJs
    expect(() => untyped(given as never)).toThrow(ArgumentError)
    expect(() => untyped(given as never)).toThrow(String(given))
  })

  it('does not show the password when it is printed', () => {
    const driver = postgresJs('postgres://ann:hunter2@db/shop')
    expect(inspect(driver, { depth: 9 })).not.toContain('hunter2')
    expect(JSON.stringify(driver)).not.toContain('hunter2')
    expect(JSON.stringify(targetOf('postgres://ann:hunter2@db/shop', 'postgresJs'))).not.toContain('hunter2')
  })
})
