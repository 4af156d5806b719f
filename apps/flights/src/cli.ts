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
    .addOption(
      new Option('--only <report...>', 'these reports only, with spaces or commas between')
        .choices(reports.map((report) => report.name))
        .argParser(reportNames),
    )
    .option('--sql', 'print the SQL that each report sends', false)
    .enablePositionalOptions()
    // An argument that is no command is one that is misspelt.
    .allowExcessArguments()
    .action((settings: Settings, command: Command) => {
      const [unknown] = command.args
      if (unknown !== undefined)
        command.error(`error: unknown command '${unknown}'\n(There is one: ingest; without it come the reports.)`)
      tasks.push({ kind: 'reports', settings })
    })
  placed(program.command('ingest'))
    .description('Loads flights by bulk upsert, loads them again, and reads them back by a stream.')
    .option('--parquet', 'take the 3,000,000 flights of flights-3m.parquet', false)
    .option('--rows <number>', 'with --parquet: take this many rows', wholeNumber)
    .action((settings: IngestSettings, command: Command) => {
      if (settings.rows !== undefined && !settings.parquet) command.error('error: --rows is for --parquet.')
      refuseBefore(program, command)
      tasks.push({ kind: 'ingest', settings })
    })
  program.parse(argv, { from: 'user' })
  const [task] = tasks
  return task ?? program.error('nothing to do')
}

/** Options that stand before a command are those of the reports: ignored in silence, they would be missed. */
function refuseBefore(program: Command, command: Command): void {
  const given = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli')
  if (!given) return
  const isShared = command.options.some(({ long }) => long === given.long)
  command.error(
    isShared
      ? `error: option '${given.long}' stands behind the command: ${command.name()} ${given.flags}`
      : `error: option '${given.long}' is for the reports; ${command.name()} prints none`,
  )
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

function reportNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').filter((name) => name !== '')
  const known = reports.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no report '${unknown}'. The reports are ${known.join(', ')}.`)
  return [...before, ...names]
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return number
}
