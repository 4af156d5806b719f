// Where the stack of an error of Oriel begins: at the line that called it, whatever lies between.
import { describe, expect, it } from '@jest/globals'
import { ArgumentError, func, OrielError } from '@oriel/sql'

function thrownBy(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

const frames = (error: Error): string[] => (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))

describe('a stack', () => {
  it("begins at the user's line, below all of ours", () => {
    const error = thrownBy(() => {
      func.ntile(0)
    })
    expect(frames(error)[0]).toMatch(/user-frames\.test\.ts:19:/)
    expect(error.stack).not.toMatch(/sql\/src/)
  })

  it('has its header, and holds as many lines as asked for', () => {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 2
    const error = thrownBy(() => func.ntile(0))
    Error.stackTraceLimit = limit
    expect(error.stack).toMatch(/^ArgumentError: ntile\(\) takes/)
    expect(frames(error)).toHaveLength(2)
    expect(Error.stackTraceLimit).toBe(limit)
  })

  it('is an own property like any other: not listed, and it may be set', () => {
    const error = new ArgumentError('no')
    expect(Object.keys(error)).not.toContain('stack')
    error.stack = 'mine'
    expect(error.stack).toBe('mine')
    Error.captureStackTrace(error)
    expect(error.stack).toMatch(/^ArgumentError: no\n/)
    expect(new OrielError('no').stack).toMatch(/user-frames\.test\.ts/)
  })
})
