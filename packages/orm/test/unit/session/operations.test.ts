// What an operation of a session costs before it does anything, and where its errors begin.
import { describe, expect, it, jest } from '@jest/globals'
import { ArgumentError, beginAtUser } from '@oriel/sql'
import { Operations } from '../../../src/session/operations.ts'

describe('operations', () => {
  it('take no stack for an answer that is at hand, and one for what has to wait', async () => {
    const operations = new Operations()
    const capture = jest.spyOn(Error, 'captureStackTrace')
    try {
      expect(await operations.run('get()', () => 1)).toBe(1)
      expect(capture).not.toHaveBeenCalled()
      expect(await operations.run('execute()', async () => 2)).toBe(2)
      expect(capture).toHaveBeenCalledTimes(1)
    } finally {
      capture.mockRestore()
    }
  })

  it('say where they were called, though nobody awaited them', async () => {
    const late = () =>
      new Promise<never>((_, reject) => {
        const error = new ArgumentError('late')
        setTimeout(beginAtUser, 0, error)
        setTimeout(reject, 5, error)
      })
    const session = new Operations()
    const outcome = session.run('execute()', late).then(
      () => null,
      (error: Error) => error,
    )
    expect((await outcome)?.stack).toMatch(/^ArgumentError: late\n {4}at .*operations\.test\.ts:28:/)
  })

  it('go on after one whose answer was at hand has failed', async () => {
    const operations = new Operations()
    const refused = operations.run('get()', () => {
      throw new ArgumentError('no')
    })
    await expect(refused).rejects.toThrow('no')
    await expect(operations.alone('flush()', async () => 'done')).resolves.toBe('done')
  })
})
