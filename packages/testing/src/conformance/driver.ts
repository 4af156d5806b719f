// The exam that a driver has to pass before the engine can rely on it. A driver written elsewhere sits the same one.
import { describe } from '@jest/globals'
import { errorExam } from './errors.ts'
import type { DriverCandidate } from './exam.ts'
import { lifetimeExam } from './lifetime.ts'
import { resultExam } from './results.ts'
import { statementExam } from './statements.ts'
import { valueExam } from './values.ts'

/**
 * Registers the driver's exam with jest.
 *
 * @example
 * driverConformance({ name: 'my driver', open: async () => ({ driver: myDriver(url), … }) })
 */
export function driverConformance(candidate: DriverCandidate): void {
  describe(`driver conformance: ${candidate.name}`, () => {
    valueExam(candidate)
    resultExam(candidate)
    statementExam(candidate)
    errorExam(candidate)
    lifetimeExam(candidate)
  })
}
