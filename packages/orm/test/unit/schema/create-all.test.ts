// The statements of createAll and dropAll, and how an engine is given them. Their SQL is tested against a real server elsewhere.
import { describe, expect, it } from '@jest/globals'
import {
  Column,
  createAll,
  createStatements,
  Definition,
  dropAll,
  dropStatements,
  Entity,
  PrimaryKey,
  Registry,
  sessionFactory,
} from '@oriel/orm'
import { ArgumentError, types as t } from '@oriel/sql'
import { shop } from '../../fixture/shop.ts'

function told({ node }: Definition): string {
  switch (node.kind) {
    case 'createTable':
    case 'addForeignKeys':
    case 'dropTable':
      return `${node.kind} ${node.table.name}`
    case 'createIndex':
      return `${node.kind} ${node.index.name}`
    case 'createEnum':
    case 'dropEnum':
      return `${node.kind} ${node.type.spec.typeName}`
    case 'createSchema':
      return `${node.kind} ${node.name}`
  }
}

describe('createAll', () => {
  it('makes types, then tables behind those that they refer to, then foreign keys, then indexes', () => {
    const steps = createStatements({ registry: shop }).map(told)
    const at = (step: string): number => steps.indexOf(step)
    expect(steps[0]).toBe('createEnum order_status')
    expect(at('createTable countries')).toBeLessThan(at('createTable customers'))
    expect(at('createTable customers')).toBeLessThan(at('createTable orders'))
    expect(at('createTable orders')).toBeLessThan(at('createTable order_lines'))
    expect(at('createTable products')).toBeLessThan(at('createTable product_tags'))
    const firstKey = steps.findIndex((step) => step.startsWith('addForeignKeys'))
    expect(steps.findLastIndex((step) => step.startsWith('createTable'))).toBeLessThan(firstKey)
    expect(steps.slice(-2)).toEqual([
      'createIndex orders_customer_id_created_at_idx',
      'createIndex categories_parent_id_idx',
    ])
  })

  it('makes schemas first', () => {
    @Entity({ schema: 'audit' })
    class Entry {
      @PrimaryKey(t.integer()) id!: number
      @Column(t.enum('level', ['low', 'high']).array()) levels!: ('low' | 'high')[]
    }
    const registry = new Registry({ entities: [Entry] })
    expect(createStatements({ registry }).map(told)).toEqual([
      'createSchema audit',
      'createEnum level',
      'createTable entry',
    ])
  })

  it('runs in one transaction, in order; an empty registry asks for none', async () => {
    const sent: unknown[] = []
    let begun = 0
    const engine = {
      async begin<T>(work: (connection: { execute(statement: unknown): Promise<void> }) => Promise<T>): Promise<T> {
        begun++
        return work({
          async execute(statement) {
            sent.push(statement)
          },
        })
      },
    }
    await createAll(engine, { registry: shop, ifNotExists: true })
    expect(begun).toBe(1)
    expect(sent.map((statement) => statement instanceof Definition && told(statement))).toEqual(
      createStatements({ registry: shop }).map(told),
    )
    expect(sent.every((s) => s instanceof Definition && (!('ifNotExists' in s.node) || s.node.ifNotExists))).toBe(true)
    await dropAll(engine, { registry: new Registry() })
    expect(begun).toBe(1)
  })
})

describe('an engine', () => {
  const driver = { connect: async () => null, capabilities: {} }

  it.each<[string, (given: unknown) => unknown]>([
    ['createAll', async (given) => await Reflect.apply(createAll, undefined, [given])],
    ['dropAll', async (given) => await Reflect.apply(dropAll, undefined, [given])],
    ['sessionFactory', async (given) => Reflect.apply(sessionFactory, undefined, [given])],
  ])('is what %s takes, and no driver', async (name, call) => {
    await expect(call(driver)).rejects.toThrow(ArgumentError)
    await expect(call(driver)).rejects.toThrow(
      `${name} takes an engine, not a driver.\n  Make an engine of the driver: ${name}(createEngine(driver)).`,
    )
    await expect(call(undefined)).rejects.toThrow(`${name} takes an engine, got undefined.`)
  })
})

describe('dropAll', () => {
  it('drops in reverse, and cascades only where tables refer to each other in a circle', () => {
    const statements = dropStatements({ registry: shop })
    const steps = statements.map(told)
    expect(steps.indexOf('dropTable orders')).toBeLessThan(steps.indexOf('dropTable customers'))
    expect(steps.at(-1)).toBe('dropEnum order_status')
    const cascading = statements.filter(({ node }) => node.kind === 'dropTable' && node.isCascade).map(told)
    expect(cascading.sort()).toEqual(['dropTable players', 'dropTable teams'])
  })
})
