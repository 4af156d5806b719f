// Where the stack of an error of Oriel begins: at the line that called it, whatever lies between.
import { describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  beginAtUser,
  callerFrame,
  func,
  OrielError,
  placeOf,
  rememberCall,
  userFrames,
} from '@oriel/sql'

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
    expect(frames(error)[0]).toMatch(/user-frames\.test\.ts:28:/)
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

describe('a place', () => {
  it('is where a function was called, and leaves the limit as it was', () => {
    const limit = Error.stackTraceLimit
    const verb = () => placeOf(verb)
    const place = verb()
    expect(callerFrame(place)).toMatch(/^ \(at .*user-frames\.test\.ts:59:/)
    expect(userFrames(place).length).toBeLessThanOrEqual(5)
    expect(Error.stackTraceLimit).toBe(limit)
    expect(callerFrame(null)).toBe('')
  })

  it('stands in for the stack of an error that has no line of the user', async () => {
    const verb = () => placeOf(verb)
    const [first, second] = [verb(), verb()]
    const error = new ArgumentError('late')
    // Called by the runtime's timer: its stack has no line but the runtime's.
    await new Promise((resolve) => {
      setTimeout(beginAtUser, 0, error)
      setTimeout(resolve, 5)
    })
    rememberCall(error, first)
    rememberCall(error, second)
    rememberCall('no error', second)
    expect(error.stack).toMatch(/^ArgumentError: late\n {4}at .*user-frames\.test\.ts:68:30/)
  })
})
