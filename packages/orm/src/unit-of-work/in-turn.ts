// Batches of rows, one statement after the other. While the server works on one, what the one before brought is taken.

/** Enough for a statement to cost little for each row, and few enough for the server and the session to work side by side. */
export const rowsPerStatement = 2_500

// Not the one of a test's fake clock, which would never come.
const { setImmediate } = globalThis

/** How a batch is sent, and what is done with its answer. */
interface Turn<B, A> {
  readonly send: (batch: B) => Promise<A>
  readonly take: (batch: B, answer: A) => void
}

/** Sends each batch when the one before is answered. Rejects with the first that fails; those before it are taken then. */
export async function inTurn<B extends readonly unknown[], A>(
  batches: readonly B[],
  { send, take }: Turn<B, A>,
): Promise<void> {
  let takeBefore: (() => void) | null = null
  for (const batch of batches) {
    const sending = send(batch)
    if (takeBefore) {
      // It is awaited below; a failure meanwhile is not nobody's.
      sending.catch(() => {})
      // It has to leave first. A single row is not worth the wait.
      if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve))
      takeBefore()
    }
    const answer = await sending
    takeBefore = () => take(batch, answer)
  }
  takeBefore?.()
}
