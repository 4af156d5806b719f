// The process of one peer and one workload: `peer.js <peer> <workload> <url>`. Runs it once for each message, until nobody listens any more.
import './production.ts'
import { performance } from 'node:perf_hooks'
import { oriel } from './oriel.ts'
import type { Repetition } from './peer-process.ts'
import { rawPostgresJs } from './raw-postgres-js.ts'
import { workloads } from './workload.ts'

const [name, workloadName, url = ''] = process.argv.slice(2)
const workload = workloads.find((each) => each.name === workloadName)
if (!workload) throw new RangeError(`There is no workload ${workloadName}.`)
const peer = [oriel(url), rawPostgresJs(url)].find((each) => each.name === name)
if (!peer) throw new RangeError(`There is no peer ${name}.`)

/** The input is made and memory is collected before the clock starts. */
async function once(): Promise<Repetition> {
  const run = workload?.prepare()
  globalThis.gc?.()
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const sum = (peer && (await run?.(peer))) ?? ''
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(cpuBefore)
  return { time: { wall, cpu: (user + system) / 1000 }, sum }
}

process.on('message', async () => process.send?.(await once()))
process.once('disconnect', async () => await peer.close())
