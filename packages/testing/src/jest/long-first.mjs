// The order of test files. Jest begins with those that took longest the last time; where there was none, as in CI, it goes by the size
// of files, and a long one behind all others leaves every worker but one without work.
// Plain JavaScript, because Node 20 loads sequencers without a compiler.
import { createRequire } from 'node:module'

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer')

/** What takes many seconds: whole programs, compilers, random graphs, large volumes. */
const long = [
  /\/test\/(docs|packed|toolchain|types)\//,
  /\/session\/(random-graph|volume|server)\.test/,
  /\/apps\/flights\/test\//,
  /\/(uncaught|pglite|driver-conformance|property|hostile)\.test/,
]

/** Jest's own order, with long files that it does not know yet in front. */
export default class LongFirst extends Sequencer {
  /** Returns the tests in the order in which they are to begin. */
  sort(tests) {
    const sorted = super.sort(tests)
    const isFirst = ({ path, duration }) => duration === undefined && long.some((pattern) => pattern.test(path))
    return [...sorted.filter(isFirst), ...sorted.filter((test) => !isFirst(test))]
  }
}
