// Runs each workload for each peer in turn, several times, and compares medians. Results are compared too: a fast wrong answer fails.
import type { PeerProcess } from './peer-process.ts'
import type { Workload } from './workload.ts'

export interface Measured {
  readonly workload: string
  readonly what: string
  /** By peer. */
  readonly medians: ReadonlyMap<string, Time>
}

/** Milliseconds: by the clock, and of the processor in this process (user and system), which a busy machine disturbs less. */
export interface Time {
  readonly wall: number
  readonly cpu: number
}

export interface Database {
  reset(): Promise<void>
  fingerprint(): Promise<string>
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}

/** One repetition: the database is looked at after the clock has stopped. */
async function once(
  workload: Workload,
  peer: PeerProcess,
  database: Database,
): Promise<{ time: Time; result: string }> {
  if (workload.writes) await database.reset()
  const { time, sum } = await peer.run()
  return { time, result: workload.writes ? `${sum} ${await database.fingerprint()}` : sum }
}

/** Medians over `repetitions`, peers taking turns after one warm-up each. Throws where peers disagree about the result. */
export async function measure(
  workload: Workload,
  peers: readonly PeerProcess[],
  { repetitions, database }: { repetitions: number; database: Database },
): Promise<Measured> {
  const times = new Map<string, Time[]>(peers.map((peer) => [peer.name, []]))
  let expected: string | null = null
  for (let repetition = -1; repetition < repetitions; repetition++) {
    const turn = ((repetition % peers.length) + peers.length) % peers.length
    for (const peer of [...peers.slice(turn), ...peers.slice(0, turn)]) {
      const { time, result } = await once(workload, peer, database)
      expected ??= result
      if (result !== expected)
        throw new RangeError(`${workload.name}: ${peer.name} gives ${result}, expected ${expected}`)
      if (repetition >= 0) times.get(peer.name)?.push(time)
    }
  }
  return {
    workload: workload.name,
    what: workload.what,
    medians: new Map(
      [...times].map(([name, values]) => [
        name,
        { wall: median(values.map(({ wall }) => wall)), cpu: median(values.map(({ cpu }) => cpu)) },
      ]),
    ),
  }
}
