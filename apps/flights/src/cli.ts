// The command line. Commander answers --help and refuses what it does not know, both with the right exit code.
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { reports } from './report/reports.ts'

export interface Settings {
  readonly limit: number
  readonly airport: string
  readonly sql: boolean
  readonly reset: boolean
  readonly only?: readonly string[]
  readonly databaseUrl?: string
  readonly dataDir?: string
  readonly data?: string
}

/** The settings that the arguments ask for. Ends the process for --help, and for arguments that cannot be. */
export function settingsFrom(argv: readonly string[]): Settings {
  return new Command('flights')
    .usage('[options]')
    .description('Loads 20,000 flights into PostgreSQL through Oriel, and prints what they tell.')
    .option('--limit <rows>', 'rows per report', wholeNumber, 10)
    .option('--airport <iata>', 'the airport that some reports look at', (text) => text.toUpperCase(), 'ORD')
    .addOption(new Option('--only <report...>', 'these reports only').choices(reports.map((report) => report.name)))
    .option('--sql', 'print the SQL that each report sends', false)
    .addOption(
      new Option(
        '--database-url <url>',
        'use this PostgreSQL server (schema oriel_flights), not the embedded one',
      ).conflicts('dataDir'),
    )
    .option('--data-dir <folder>', 'keep the embedded database in this folder, not in memory', fromHere)
    .option('--data <folder>', 'take airports.csv and flights-20k.json from this folder', fromHere)
    .option('--reset', 'drop the tables that an earlier run has left, and load again', false)
    .parse(argv, { from: 'user' })
    .opts<Settings>()
}

/** A folder as the user means it: npm runs the script elsewhere, and says where it was called. */
function fromHere(folder: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), folder)
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return number
}
