// Batches one after the other: what is sent when, and what becomes of it when one fails. `log` is all that happened, in its order.
import { describe, expect, it } from '@jest/globals'
import { inTurn } from '../../../src/unit-of-work/in-turn.ts'

interface Answer {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Batches of two rows, whose answers the test gives. */
function batchesOf(count: number, { failsToPrepare = -1 } = {}) {
  const log: string[] = []
  const answers: Answer[] = []
  const batches = Array.from({ length: count }, (_, i) => [i, i])
  const running = inTurn(batches, {
    prepare: ([i = 0]) => {
      if (i === failsToPrepare) throw new RangeError(`prepare ${i}`)
      log.push(`prepare ${i}`)
      return () => {
        log.push(`send ${i}`)
        return new Promise<string>((resolve, reject) => {
          answers[i] = { resolve: () => resolve(`answer ${i}`), reject }
        })
      }
    },
    take: (_, answer) => {
      log.push(`take ${answer}`)
    },
  })
  return { log, answers, running }
}

const idle = async () => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('inTurn', () => {
  it('makes the next batch ready while one is under way, sends it behind its answer, and takes that then', async () => {
    const { log, answers, running } = batchesOf(3)
    await idle()
    expect(log).toEqual(['prepare 0', 'send 0', 'prepare 1'])
    answers[0]?.resolve()
    await idle()
    expect(log.slice(3)).toEqual(['send 1', 'prepare 2', 'take answer 0'])
    answers[1]?.resolve()
    await idle()
    expect(log.slice(6)).toEqual(['send 2', 'take answer 1'])
    answers[2]?.resolve()
    await running
    expect(log.slice(8)).toEqual(['take answer 2'])
  })

  it('sends nothing behind a batch that fails', async () => {
    const { log, answers, running } = batchesOf(3)
    const failed = expect(running).rejects.toThrow('refused')
    await idle()
    answers[0]?.resolve()
    await idle()
    answers[1]?.reject(new RangeError('refused'))
    await failed
    await idle()
    expect(log.filter((line) => line.startsWith('send'))).toEqual(['send 0', 'send 1'])
    expect(log.at(-1)).toBe('take answer 0')
  })

  it('says that a batch could not be made ready when the one before is answered, and sends nothing more', async () => {
    const { log, answers, running } = batchesOf(3, { failsToPrepare: 1 })
    const failed = expect(running).rejects.toThrow('prepare 1')
    await idle()
    expect(log).toEqual(['prepare 0', 'send 0'])
    answers[0]?.resolve()
    await failed
    await idle()
    expect(log).toEqual(['prepare 0', 'send 0'])
  })

  it('says of two failures the first', async () => {
    const { answers, running } = batchesOf(2, { failsToPrepare: 1 })
    const failed = expect(running).rejects.toThrow('refused')
    await idle()
    answers[0]?.reject(new RangeError('refused'))
    await failed
  })

  it('has nothing to do without batches', async () => {
    const { log, running } = batchesOf(0)
    await running
    expect(log).toEqual([])
  })
})
