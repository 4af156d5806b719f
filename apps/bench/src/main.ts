// `npm run bench`: starts a real server, runs the workloads side by side, prints medians and their ratios to raw postgres.js.
import './production.ts'
import { startServer } from '@oriel/testing/server'
import { Command, InvalidArgumentError } from 'commander'
import postgres from 'postgres'
import { showLinear } from './linear.ts'
import { type Database, measure } from './measure.ts'
import { PeerProcess } from './peer-process.ts'
import { fingerprint, reset, schema } from './schema.ts'
import { workloads } from './workload.ts'

function atLeastOne(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return number
}

const program = new Command('bench')
  .description('Workloads of a mapper on a real server, side by side with raw postgres.js.')
  .argument('[workloads...]', `which ones: ${workloads.map(({ name }) => name).join(', ')}; by default all`)
  .option('--repetitions <n>', 'counted repetitions of each', atLeastOne, 7)
  .option('--linear', 'afterwards flush up to 100,000 objects, and show the time for each')
  .parse()
const { repetitions, linear } = program.opts<{ repetitions: number; linear?: true }>()
const chosen = workloads.filter(({ name }) => program.args.length === 0 || program.args.includes(name))

const server = await startServer()
const admin = postgres(server.url, { max: 1, onnotice: () => {} })
try {
  await admin.unsafe(schema)
  await admin.unsafe('vacuum analyze')
  const database: Database = {
    reset: async () => {
      await admin.unsafe(reset)
      await admin.unsafe('vacuum analyze customers')
      await admin.unsafe('vacuum analyze orders')
    },
    fingerprint: async () => String((await admin.unsafe(fingerprint))[0]?.fingerprint),
  }
  const names = ['postgres.js', 'oriel']
  const [version] = await admin`select version()`
  console.log(
    `${version?.version}\nNode ${process.version}, NODE_ENV ${process.env.NODE_ENV}, medians of ${repetitions} repetitions, peers taking turns, results compared.\n`,
  )
  const heads = names.map((name) => `${`${name} ms`.padStart(16)}${'(cpu)'.padStart(9)}`)
  console.log(`${'workload'.padEnd(10)}${heads.join('')}${'ratio'.padStart(10)}${'(cpu)'.padStart(8)}   what`)
  for (const workload of chosen) {
    const peers = names.map((name) => new PeerProcess(name, workload.name, server.url))
    const { medians, what } = await measure(workload, peers, { repetitions, database }).finally(
      async () => await Promise.all(peers.map((peer) => peer.close())),
    )
    const times = names.map((name) => medians.get(name) ?? { wall: 0, cpu: 0 })
    const cells = times.map(({ wall, cpu }) => `${wall.toFixed(1).padStart(16)}${`(${cpu.toFixed(0)})`.padStart(9)}`)
    const [base = { wall: 0, cpu: 0 }, ours = base] = times
    const ratio = `${(ours.wall / base.wall).toFixed(2).padStart(10)}${`(${(ours.cpu / base.cpu).toFixed(2)})`.padStart(8)}`
    console.log(`${workload.name.padEnd(10)}${cells.join('')}${ratio}   ${what}`)
  }
  if (linear) await showLinear(server.url)
} finally {
  await admin.end()
  await server.stop()
}
