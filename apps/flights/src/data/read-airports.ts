// airports.csv as rows for `insert(Airport)`.
import { parse } from 'csv-parse/sync'
import type { Data } from 'oriel'
import type { Airport } from '../entity/airport.ts'
import { Failure } from '../failure.ts'
import { readText } from './source.ts'

/** An airport as plain data. */
export type AirportRow = Data<Airport>

type Line = Readonly<Record<'iata' | 'name' | 'city' | 'state' | 'country' | 'latitude' | 'longitude', string>>

const file = 'airports.csv'

/** The airports of the file. Rejects with Failure where there is no such file, or it holds something else. */
export async function readAirports(folder: string): Promise<AirportRow[]> {
  return parseLines(await readText(folder, file)).map((line) => ({
    ...line,
    city: known(line.city),
    state: known(line.state),
    latitude: Number(line.latitude),
    longitude: Number(line.longitude),
  }))
}

function parseLines(text: string): Line[] {
  try {
    return parse<Line>(text, { columns: true })
  } catch (error) {
    throw new Failure(`${file} is no CSV file: ${error instanceof Error ? error.message : error}`, 'Get it again.')
  }
}

/** The file writes NA for what nobody knows. */
function known(text: string): string | null {
  return text === 'NA' ? null : text
}
