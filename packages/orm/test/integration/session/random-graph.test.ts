// Random graphs against a simple model: after each flush both sides of every relationship agree, after commit the tables do, after
// rollback all is as at begin. ORIEL_GRAPH_CASES asks for more cases, ORIEL_GRAPH_SEED for those of an earlier run, ORIEL_GRAPH_OFTEN
// for one kind of steps often, and ORIEL_GRAPH_SHRINK for the fewest steps that fail.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import { createAll, type SessionFactory, sessionFactory } from '@oriel/orm'
import { sql } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import fc from 'fast-check'
import { graph } from '../../fixture/graph.ts'
import { run, someSteps } from '../../fixture/random-graph/steps.ts'

// Most of them where a case takes less time.
const cases = Number(process.env.ORIEL_GRAPH_CASES ?? (process.env.ORIEL_LANE === 'postgres-js' ? 400 : 120))
const seed = Number(process.env.ORIEL_GRAPH_SEED ?? process.env.ORIEL_SEED ?? Date.now() % 2 ** 31)

describeLane('random graphs', (lane) => {
  let engine: Engine
  let sessions: SessionFactory

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    sessions = sessionFactory(engine, { registry: graph })
    await createAll(engine, { registry: graph })
  })
  afterAll(() => engine.close())

  it(
    `equal the model in ${cases} cases (seed ${seed})`,
    async () => {
      let ran = 0
      await fc.assert(
        fc.asyncProperty(someSteps(process.env.ORIEL_GRAPH_OFTEN), async (steps) => {
          ran++
          await engine.execute(
            sql`truncate people, teams, tags, people_tags, boxes, items, badges restart identity cascade`,
          )
          await run(steps, engine, sessions)
        }),
        { numRuns: cases, seed, endOnFailure: process.env.ORIEL_GRAPH_SHRINK === undefined },
      )
      expect(ran).toBeGreaterThanOrEqual(cases)
    },
    600_000 + cases * 100,
  )
})
