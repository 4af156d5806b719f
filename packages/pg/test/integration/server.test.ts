import { nodePostgres } from '@oriel/pg'
import { serverDriverConformance } from '@oriel/testing'

serverDriverConformance({ name: 'pg', open: nodePostgres })
