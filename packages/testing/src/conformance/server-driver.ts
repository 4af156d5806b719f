// The exam of a driver that speaks to a server over a socket: connections that cannot be made, and those that are taken away.
import { describe } from '@jest/globals'
import { serverConnectingExam } from './server-connecting.ts'
import { serverLossExam } from './server-loss.ts'
import type { ServerDriverCandidate } from './server-scene.ts'

/**
 * Registers the exam of a server's driver with jest; it needs the server of the lane.
 *
 * @example
 * serverDriverConformance({ name: 'my driver', open: (source, options) => myDriver(source, options) })
 */
export function serverDriverConformance(candidate: ServerDriverCandidate): void {
  describe(`server driver conformance: ${candidate.name}`, () => {
    serverConnectingExam(candidate)
    serverLossExam(candidate)
  })
}
