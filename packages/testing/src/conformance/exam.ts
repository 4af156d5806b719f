// What every part of the driver's exam works with: a driver under test, a connection shared by the tests of one part, and how to ask.
import { afterAll, beforeAll } from '@jest/globals'
import type { Driver, DriverConnection, WireResult } from '@oriel/engine'
import { InvalidRequestError } from '@oriel/sql'

/** A driver on an empty database that the exam may do anything to. */
export interface DriverUnderTest {
  readonly driver: Driver
  /** Takes the connection away as a fault would. */
  breakConnection(connection: DriverConnection): Promise<void>
  close(): Promise<void>
}

/** The driver that sits the exam. */
export interface DriverCandidate {
  readonly name: string
  open(): Promise<DriverUnderTest>
}

/** The connection of one part of the exam. */
export interface Exam {
  underTest(): DriverUnderTest
  connection(): DriverConnection
}

/** Opens the driver and one connection for the tests of the describe block around it. */
export function examOf(candidate: DriverCandidate): Exam {
  let underTest: DriverUnderTest | undefined
  let connection: DriverConnection | undefined
  beforeAll(async () => {
    underTest = await candidate.open()
    connection = await underTest.driver.connect()
    await ask(connection, `set timezone to 'UTC'`)
  })
  afterAll(async () => {
    await connection?.close()
    await underTest?.close()
  })
  return { underTest: () => opened(underTest), connection: () => opened(connection) }
}

function opened<T>(value: T | undefined): T {
  if (value !== undefined) return value
  throw new InvalidRequestError('The exam has a connection while its tests run, not while they are described')
}

/** Runs a statement that the driver may prepare. */
export function ask(
  connection: DriverConnection,
  text: string,
  params: readonly (string | null)[] = [],
): Promise<WireResult> {
  return connection.execute({ text, params, isPreparable: true })
}

/** Runs a statement that the driver must not keep. */
export function askOnce(
  connection: DriverConnection,
  text: string,
  params: readonly (string | null)[] = [],
): Promise<WireResult> {
  return connection.execute({ text, params, isPreparable: false })
}

/** The error of a promise that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const answer = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in answer) return answer.error
  throw new InvalidRequestError(`This must fail, and gave ${JSON.stringify(answer.value)}`)
}
