// Raw SQL can begin and end transactions too. What it did is read off its first words, so that no connection goes back inside one.

export type TransactionVerb = 'begin' | 'end' | 'rollback to'

const leading = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/

/** What a raw statement does to the transaction, or null. */
export function transactionVerb(text: string): TransactionVerb | null {
  const words = text.replace(leading, '').toLowerCase()
  if (/^(begin|start\s+transaction)\b/.test(words)) return 'begin'
  if (/^rollback\s+(work\s+|transaction\s+)?to\b/.test(words)) return 'rollback to'
  if (/^(commit|rollback|end|abort|prepare\s+transaction)\b/.test(words)) return 'end'
  return null
}
