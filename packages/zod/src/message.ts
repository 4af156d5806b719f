// What is wrong, in the model's words: each message begins with the entity and the property.
import { z } from 'zod'

/** What a schema of zod is made with, so that its messages name the column. */
export interface Named {
  readonly label: string
  readonly error: z.core.$ZodErrorMap
  /** The same for a rule of our own. */
  says(what: string): { readonly error: z.core.$ZodErrorMap }
}

/** Messages that begin with this label, such as `Order.amount`. */
export function named(label: string): Named {
  return {
    label,
    error: (issue) => `${label}: ${isMissing(issue) ? 'is required' : standardText(issue)}`,
    says: (what) => ({ error: (issue) => `${label}: ${isMissing(issue) ? 'is required' : what}` }),
  }
}

function isMissing(issue: z.core.$ZodRawIssue): boolean {
  return (
    issue.input === undefined &&
    (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'custom')
  )
}

/** What zod itself would say, in the language that it is set to. */
function standardText(issue: z.core.$ZodRawIssue): string {
  const said = z.config().localeError?.(issue)
  return (typeof said === 'string' ? said : said?.message) ?? 'is not valid'
}
