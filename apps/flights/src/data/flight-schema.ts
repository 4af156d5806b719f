// What a flight has to be before it is stored, for the loads that validate.
import { z } from 'zod'

const iata = z.string().regex(/^[A-Z0-9]{3}$/, 'is no code of an airport')

export const flightSchema = z.object({
  sourceRow: z.int().positive(),
  flownAt: z.string().regex(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/, 'is no time'),
  delay: z.int(),
  distance: z.int().nonnegative(),
  originIata: iata,
  destinationIata: iata,
})
