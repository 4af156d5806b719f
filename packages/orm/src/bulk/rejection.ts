// What happens to a row that does not fit: it is handed to whom it may concern, or it stops the load.
import { RowRejectedError } from '../error.ts'
import type { BulkPlan } from './bulk-plan.ts'
import type { RowIssue, Tally } from './bulk-report.ts'
import type { Reason } from './column-set.ts'

/** Counts the row, and hands it on. Throws RowRejectedError where nobody takes it. */
export async function reject(
  row: { readonly number: number; readonly value: unknown; readonly reasons: readonly Reason[] },
  plan: BulkPlan,
  tally: Tally,
): Promise<void> {
  const issues = row.reasons.map(({ property, message }): RowIssue => ({ row: row.number, property, message }))
  const [first] = issues
  if (!plan.onReject) {
    throw new RowRejectedError(
      `Row ${row.number} does not fit: ${first?.message ?? 'it was refused.'}`,
      { row: row.number, property: first?.property ?? null, reason: first?.message ?? '' },
      { hint: 'Take such rows with onReject((row, issues) => …), and the load goes on without them.' },
    )
  }
  tally.rejectedRow(issues)
  await plan.onReject(row.value, issues)
}

/** Throws RowRejectedError for a row whose key an earlier one had. */
export function refuseDuplicate(number: number, earlier: number, property: string | null): never {
  throw new RowRejectedError(
    `Row ${number} has the same key as row ${earlier}${property ? ` (${property})` : ''}.`,
    { row: number, property, reason: `the same key as row ${earlier}` },
    { hint: "Say which one is written: .duplicates('last') or .duplicates('first')." },
  )
}
