import { postgresJs } from '@oriel/postgres-js'
import { serverDriverConformance } from '@oriel/testing'

serverDriverConformance({ name: 'postgres-js', open: postgresJs })
