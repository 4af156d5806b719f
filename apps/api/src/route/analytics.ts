// Two questions that the database answers: a window over groups, and percentiles.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { delayPercentiles } from '../query/delay-percentiles.ts'
import { stateRanking } from '../query/state-ranking.ts'

const ranking = z.object({ places: z.coerce.number().int().min(1).max(10).default(3) })
const percentiles = z.object({ fewest: z.coerce.number().int().min(1).default(100) })

export async function analyticsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/analytics/state-ranking', async ({ session, query }) => {
    return await session.execute(stateRanking(ranking.parse(query).places)).all()
  })

  app.get('/analytics/delay-percentiles', async ({ session, query }) => {
    return await session.execute(delayPercentiles(percentiles.parse(query).fewest)).all()
  })
}
