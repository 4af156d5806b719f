// The entry point: `npm start` in the root folder, or `npm start -- --help`.
import { OrielError } from 'oriel'
import { settingsFrom } from './cli.ts'
import { Failure } from './failure.ts'
import { run } from './run.ts'

// `npm start | head` closes the pipe before the last report: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  await run(settingsFrom(process.argv.slice(2)), (text) => console.log(text))
} catch (error) {
  if (!(error instanceof Failure || error instanceof OrielError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
