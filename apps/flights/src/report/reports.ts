// All reports, in the order in which they are printed.
import { busiestAirports } from './busiest-airports.ts'
import { busiestRoutes } from './busiest-routes.ts'
import { cascade } from './cascade.ts'
import { delayChange } from './delay-change.ts'
import { delayHistory } from './delay-history.ts'
import { delayPercentiles } from './delay-percentiles.ts'
import { delayQuartiles } from './delay-quartiles.ts'
import { duplicates } from './duplicates.ts'
import { edit } from './edit.ts'
import { graph } from './graph.ts'
import { latestFlights } from './latest-flights.ts'
import { reachableAirports } from './reachable-airports.ts'
import type { QueryReport, Report } from './report.ts'
import { stateShare } from './state-share.ts'

/** Those that are one statement each. */
export const queryReports: readonly QueryReport[] = [
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

/** Those that work with the objects of a session. */
export const sessionReports: readonly Report[] = [graph, edit, cascade]

export const reports: readonly Report[] = [...queryReports, ...sessionReports]
