// The command line. Commander answers --help and refuses what it does not know, both with the right exit code.
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { reports } from './report/reports.ts'

/** Where the data comes from, and where it goes. */
interface PlaceSettings {
  readonly reset: boolean
  readonly databaseUrl?: string
  readonly dataDir?: string
  readonly data?: string
}

export interface Settings extends PlaceSettings {
  readonly limit: number
  readonly airport: string
  readonly sql: boolean
  readonly only?: readonly string[]
}

export interface IngestSettings extends PlaceSettings {
  readonly parquet: boolean
  readonly rows?: number
}

/** What the user wants done. */
export type Task =
  | { readonly kind: 'reports'; readonly settings: Settings }
  | { readonly kind: 'ingest'; readonly settings: IngestSettings }

/** The task that the arguments ask for. Ends the process for --help, and for arguments that cannot be. */
export function taskFrom(argv: readonly string[]): Task {
  const tasks: Task[] = []
  const program = placed(new Command('flights'))
    .usage('[options] [command]')
    .description('Loads 20,000 flights into PostgreSQL through Oriel, and prints what they tell.')
    .option('--limit <rows>', 'rows per report', wholeNumber, 10)
    .option('--airport <iata>', 'the airport that some reports look at', (text) => text.toUpperCase(), 'ORD')
    .addOption(new Option('--only <report...>', 'these reports only').choices(reports.map((report) => report.name)))
    .option('--sql', 'print the SQL that each report sends', false)
    .enablePositionalOptions()
    .action((settings: Settings) => {
      tasks.push({ kind: 'reports', settings })
    })
  placed(program.command('ingest'))
    .description('Loads flights by bulk upsert, loads them again, and reads them back by a stream.')
    .option('--parquet', 'take the 3,000,000 flights of flights-3m.parquet', false)
    .option('--rows <number>', 'with --parquet: take this many rows', wholeNumber)
    .action((settings: IngestSettings, command: Command) => {
      if (settings.rows !== undefined && !settings.parquet) command.error('error: --rows is for --parquet.')
      tasks.push({ kind: 'ingest', settings })
    })
  program.parse(argv, { from: 'user' })
  const [task] = tasks
  return task ?? program.error('nothing to do')
}

function placed(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--database-url <url>',
        'use this PostgreSQL server (schema oriel_flights), not the embedded one',
      ).conflicts('dataDir'),
    )
    .option('--data-dir <folder>', 'keep the embedded database in this folder, not in memory', fromHere)
    .option('--data <folder>', 'take the data files from this folder', fromHere)
    .option('--reset', 'drop the tables that an earlier run has left, and load again', false)
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
