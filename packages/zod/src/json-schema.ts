// The schema of a json column: the one that the column was declared with, zod's or any other that follows Standard Schema; else any JSON.
import type { StandardSchema } from '@oriel/sql'
import { z } from 'zod'
import type { Named } from './message.ts'

const json = z.json()

/** A json column's value. */
export function jsonValue(schema: StandardSchema<unknown> | undefined, as: Named): z.ZodType {
  if (!schema) return z.custom((value) => json.safeParse(value).success, as.says('is no JSON'))
  return schema instanceof z.ZodType ? schema : foreign(schema, as)
}

/** What a Standard Schema answers: a value, or issues with the path to each. */
const answer = z.union([
  z.object({
    issues: z.array(
      z.object({
        message: z.string(),
        path: z
          .array(
            z.union([
              z.string(),
              z.number(),
              z.symbol(),
              z.object({ key: z.union([z.string(), z.number(), z.symbol()]) }),
            ]),
          )
          .optional(),
      }),
    ),
  }),
  z.object({ value: z.unknown() }),
])

/** Asks a schema of another library. One that answers later needs parseAsync. */
function foreign(schema: StandardSchema<unknown>, as: Named): z.ZodType {
  return z.unknown().transform((value, context) => {
    const take = (given: unknown): unknown => {
      const taken = answer.safeParse(given)
      if (taken.success && 'value' in taken.data) return taken.data.value
      const issues =
        taken.success && 'issues' in taken.data
          ? taken.data.issues
          : [{ message: 'the schema gave no answer', path: [] }]
      for (const { message, path = [] } of issues)
        context.issues.push({
          code: 'custom',
          input: value,
          path: path.map((step) => (typeof step === 'object' ? step.key : step)),
          message: `${as.label}: ${message}`,
        })
      return z.NEVER
    }
    const said = schema['~standard'].validate?.(value)
    return said instanceof Promise ? said.then(take) : take(said)
  })
}
