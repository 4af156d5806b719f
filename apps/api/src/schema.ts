// What clients may send: from the entities, and from what the API adds to them.

import { insertSchema, updateSchema } from '@oriel/zod'
import { Airport } from '@oriel-apps/flights/entity/airport'
import { Flight } from '@oriel-apps/flights/entity/flight'
import { z } from 'zod'

/** The code of an airport. */
const code = z.string().regex(/^[A-Z0-9]{3,4}$/, 'is three or four capitals or digits')

/** Where an airport can be. */
const latitude = z.number().min(-90).max(90)
const longitude = z.number().min(-180).max(180)

export const newAirport = insertSchema(Airport).extend({ iata: code, latitude, longitude })

/** The code is the key that flights refer to: it does not change. */
export const changedAirport = updateSchema(Airport).extend({
  latitude: latitude.optional(),
  longitude: longitude.optional(),
})

/** The database makes the key; only flights of the file have a place in it. */
export const newFlight = insertSchema(Flight)
  .omit({ id: true, sourceRow: true })
  .extend({ originIata: code, destinationIata: code, distance: z.int32().positive() })
  .refine(({ originIata, destinationIata }) => originIata !== destinationIata, {
    path: ['destinationIata'],
    error: 'is the airport that the flight leaves from',
  })

export const changedFlight = updateSchema(Flight).pick({ flownAt: true, delay: true })

/** Which part of a list is asked for: so many, behind this key. */
export const page = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: code.optional(),
})

export const airportPage = page.extend({
  state: z
    .string()
    .regex(/^[A-Z]{2}$/i, 'is two letters')
    .toUpperCase()
    .optional(),
})

export const airportKey = z.object({ iata: code })
export const flightKey = z.object({ id: z.coerce.number().pipe(z.int32().positive()) })
export const exportFilter = z.object({ origin: code.optional() })
