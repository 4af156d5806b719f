// A jest reporter that ends a run with one line, `N passed, N failed`, so that people and scripts find the sum at a glance.
// Plain JavaScript, because Node 20 loads reporters without a compiler.

/** Prints the closing line; a test file that could not run at all counts as one failure. */
export default class ClosingLineReporter {
  /** Runs after every other reporter has printed its summary. */
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    process.stderr.write('', () => process.stdout.write(`${line}\n`))
  }
}
