// The entry point: `npm start` in the root folder, or `npm start -- --help`.
import { OrielError } from 'oriel'
import { taskFrom } from './cli.ts'
import { Failure } from './failure.ts'
import { run } from './run.ts'
import { runIngest } from './run-ingest.ts'

// `npm start | head` closes the pipe before the last report: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  const task = taskFrom(process.argv.slice(2))
  const print = (text: string) => console.log(text)
  await (task.kind === 'ingest' ? runIngest(task.settings, print) : run(task.settings, print))
} catch (error) {
  if (!(error instanceof Failure || error instanceof OrielError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
