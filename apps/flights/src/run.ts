// One run of the example: read the files, fill the database, print the reports.
import { performance } from 'node:perf_hooks'
import type { Settings } from './cli.ts'
import { readAirports } from './data/read-airports.ts'
import { readFlights } from './data/read-flights.ts'
import { installedData } from './data/source.ts'
import { fill, openEngine } from './database.ts'
import { Failure } from './failure.ts'
import type { Source } from './load.ts'
import { reports } from './report/reports.ts'
import { progress } from './terminal/progress.ts'
import { statementText } from './terminal/statement-text.ts'
import { written } from './terminal/table.ts'

/** Does what the settings ask for. Rejects with Failure or an OrielError where that cannot be done. */
export async function run(settings: Settings, print: (text: string) => void): Promise<void> {
  const folder = settings.data ?? installedData()
  const source = { airports: await readAirports(folder), flights: await readFlights(folder) }
  refuseUnknownAirport(settings.airport, source)
  await using engine = openEngine(settings)
  const start = performance.now()
  const bar = progress(source.airports.length + source.flights.length)
  const outcome = await fill(engine, source, { reset: settings.reset, onReceived: bar.show }).finally(bar.stop)
  const seconds = written((performance.now() - start) / 1000)
  const rows = `${written(source.airports.length)} airports and ${written(source.flights.length)} flights`
  print(`${outcome === 'loaded' ? 'Loaded' : 'Found'} ${rows} in ${engine.driver.target} (${seconds} s).`)
  for (const report of reports) {
    if (settings.only && !settings.only.includes(report.name)) continue
    print(`\n${report.title(settings)}`)
    const { printed, statements } = await report.run(engine, settings)
    if (settings.sql) for (const statement of statements) print(statementText(statement))
    print(printed)
  }
}

function refuseUnknownAirport(iata: string, { airports }: Source): void {
  if (airports.some((airport) => airport.iata === iata)) return
  throw new Failure(`There is no airport '${iata}' in airports.csv.`, 'Give the code of one, such as --airport SFO.')
}
