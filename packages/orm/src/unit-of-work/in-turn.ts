// Batches of rows, one statement after the other. While the server works on one, the next is made ready, and what the one before brought
// is taken.

/** Enough for a statement to cost little for each row, and few enough for the server and the session to work side by side. */
export const rowsPerStatement = 2_500

// Not the one of a test's fake clock, which would never come.
const { setImmediate } = globalThis

/** How a batch is sent, and what is done with its answer. */
interface Turn<B, A> {
  /** Makes the batch ready; the function sends it. */
  readonly prepare: (batch: B) => () => Promise<A>
  readonly take: (batch: B, answer: A) => void
}

/** Sends each batch when the one before is answered. Rejects with the first that fails, and sends nothing behind it. */
export async function inTurn<B extends readonly unknown[], A>(
  batches: readonly B[],
  { prepare, take }: Turn<B, A>,
): Promise<void> {
  let takeBefore: (() => void) | null = null
  let making: Promise<() => Promise<A>> | null = null
  for (const [i, batch] of batches.entries()) {
    const sending = (making ? await making : prepare(batch))()
    const next = batches[i + 1]
    making = null
    if (next || takeBefore) {
      // It is awaited below; a failure meanwhile is not nobody's.
      sending.catch(() => {})
      // It has to leave first. A single row is not worth the wait.
      if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve))
      if (next) making = begun(() => prepare(next))
      takeBefore?.()
    }
    const answer = await sending
    takeBefore = () => take(batch, answer)
  }
  takeBefore?.()
}

/** Does it at once. Who awaits it hears of a failure, and nobody has to. */
function begun<T>(work: () => T): Promise<T> {
  const made = (async () => work())()
  made.catch(() => {})
  return made
}
