// The command line of the API.
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'

export interface Settings {
  readonly port: number
  readonly host: string
  readonly reset: boolean
  readonly databaseUrl?: string
  readonly dataDir?: string
}

/** The settings that the arguments ask for. Ends the process for --help, and for arguments that cannot be. */
export function settingsFrom(argv: readonly string[]): Settings {
  return new Command('api')
    .usage('[options]')
    .description('Serves the airports and flights of the example by HTTP.')
    .option('--port <number>', 'listen here; 0 takes a free port', portNumber, 3000)
    .option('--host <name>', 'listen on this address', '127.0.0.1')
    .option('--database-url <url>', 'use this PostgreSQL server (schema oriel_flights), not the embedded one')
    .option('--data-dir <folder>', 'keep the embedded database in this folder, not in memory', fromHere)
    .option('--reset', 'drop the tables that are there, and load them again', false)
    .parse(argv, { from: 'user' })
    .opts<Settings>()
}

/** A folder as the user means it: npm runs the script elsewhere, and says where it was called. */
function fromHere(folder: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), folder)
}

function portNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('It is a whole number up to 65535.')
  return number
}
