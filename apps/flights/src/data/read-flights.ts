// flights-20k.json as rows for `insert(Flight)`.
import type { Data } from 'oriel'
import type { Flight } from '../entity/flight.ts'
import { Failure } from '../failure.ts'
import { readText } from './source.ts'

/** A flight as plain data, before the database gives it a key. */
export type FlightRow = Omit<Data<Flight>, 'id'>

interface Item {
  /** `2001/01/31 18:05` */
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

const file = 'flights-20k.json'

/** The flights of the file, in its order. Rejects with Failure where there is no such file, or it holds something else. */
export async function readFlights(folder: string): Promise<FlightRow[]> {
  return parseItems(await readText(folder, file)).map((item, i) => ({
    sourceRow: i + 1,
    flownAt: `${item.date.replaceAll('/', '-')}:00`,
    delay: item.delay,
    distance: item.distance,
    originIata: item.origin,
    destinationIata: item.destination,
  }))
}

function parseItems(text: string): Item[] {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(`${file} is no JSON file: ${error instanceof Error ? error.message : error}`, 'Get it again.')
  }
}
