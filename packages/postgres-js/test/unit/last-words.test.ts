import { describe, expect, it } from '@jest/globals'
import { LastWords } from '../../src/last-words.ts'

function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = `${Object.entries(fields)
    .map(([name, text]) => `${name}${text}\0`)
    .join('')}\0`
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeUInt32BE(Buffer.byteLength(body) + 4, 1)
  return Buffer.concat([head, Buffer.from(body)])
}

const fatal = errorResponse({ S: 'FATAL', V: 'FATAL', C: '57P01', M: 'EEE terminating connection é' })

describe('the last words of a server', () => {
  it.each([
    ['alone', [fatal]],
    ['behind rows', [Buffer.concat([Buffer.from('D\0\0\0\x0aEEEEEE'), fatal])]],
    ['in two pieces', [fatal.subarray(0, 9), fatal.subarray(9)]],
  ])('are found %s', (_, chunks) => {
    const words = new LastWords()
    for (const chunk of chunks) words.heard(chunk)
    expect(words.fatal()).toMatchObject({
      sqlState: '57P01',
      message: 'EEE terminating connection é',
      severity: 'FATAL',
    })
  })

  it('are not made up from an error that was not fatal, from rows, or from silence', () => {
    for (const chunk of [
      errorResponse({ V: 'ERROR', C: '23505', M: 'no' }),
      Buffer.from('EEEEEEEE'),
      Buffer.from('E'),
    ]) {
      const words = new LastWords()
      words.heard(chunk)
      expect(words.fatal()).toBeUndefined()
    }
    expect(new LastWords().fatal()).toBeUndefined()
  })
})
