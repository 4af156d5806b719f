// All reports, in the order in which they are printed.
import { busiestAirports } from './busiest-airports.ts'
import { busiestRoutes } from './busiest-routes.ts'
import { delayChange } from './delay-change.ts'
import { delayHistory } from './delay-history.ts'
import { delayPercentiles } from './delay-percentiles.ts'
import { delayQuartiles } from './delay-quartiles.ts'
import { duplicates } from './duplicates.ts'
import { latestFlights } from './latest-flights.ts'
import { reachableAirports } from './reachable-airports.ts'
import type { Report } from './report.ts'
import { stateShare } from './state-share.ts'

export const reports: readonly Report[] = [
  duplicates,
  busiestAirports,
  stateShare,
  busiestRoutes,
  delayHistory,
  delayChange,
  delayQuartiles,
  delayPercentiles,
  reachableAirports,
  latestFlights,
]
