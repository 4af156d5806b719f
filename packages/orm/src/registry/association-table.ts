// The tables of many-to-many relationships that no entity is mapped to: two foreign keys that together are the primary key.
import { Column, SqlType, type Table } from '@oriel/sql'
import { type Blueprint, type Configuration, growingTable, type TableParts } from './blueprint.ts'
import type { Association, ColumnPairs } from './mapper.ts'
import { checkName } from './name-check.ts'

interface Side {
  readonly blueprint: Blueprint
  /** What its columns are called after: the class, or the property where a class refers to itself. */
  readonly name: string
}

interface Made {
  readonly table: Table
  readonly first: Side
  readonly second: Side
  readonly toFirst: ColumnPairs
  readonly toSecond: ColumnPairs
  /** The relationships over it: a class that refers to itself has at most one for each direction. */
  readonly users: string[]
}

/** A relationship that asks for a table. */
export interface Request {
  readonly owner: Blueprint
  readonly property: string
  readonly target: Blueprint
}

/** The association tables of one registry, made when a relationship first asks for them. */
export class AssociationTables {
  readonly #made: Map<string, Made>
  readonly #configuration: Configuration

  /** Begins with the tables of an earlier configuration. */
  constructor(configuration: Configuration, earlier?: AssociationTables) {
    this.#configuration = configuration
    const made = earlier ? [...earlier.#made] : []
    this.#made = new Map(made.map(([key, one]) => [key, { ...one, users: [...one.users] }]))
  }

  get tables(): Table[] {
    return [...this.#made.values()].map(({ table }) => table)
  }

  /** The name that the target gives in its own @ManyToMany back to this class. */
  nameFromOtherSide(owner: Blueprint, target: Blueprint): string | null {
    for (const { mapping } of target.relationshipDrafts.values()) {
      const { through } = mapping.options
      if (mapping.form !== 'many-to-many' || typeof through !== 'string') continue
      try {
        if (mapping.target() === owner.entityClass) return through
      } catch {
        // The thunk's error is reported where the target's own relationships are mapped.
      }
    }
    return null
  }

  /** The association over the table of this name, seen from the owner. Null, and reported, where it joins other classes. */
  between(request: Request, name: string): Association | null {
    const { owner, property, target } = request
    const { problems } = this.#configuration
    const key = `${owner.schema ?? ''}.${name}`
    const known = this.#made.get(key)
    const made = known ?? this.#make(request, name)
    this.#made.set(key, made)
    const isForward = made.first.blueprint === owner && made.second.blueprint === target
    const isBackward = made.second.blueprint === owner && made.first.blueprint === target
    const isReversed = isBackward && (!isForward || made.users.length > 0)
    made.users.push(property)
    if ((!isForward && !isBackward) || (owner === target && made.users.length > 2)) {
      problems.add(
        { entity: owner.entity, property },
        `@ManyToMany on ${owner.entity}.${property} goes through '${name}', which joins ${made.first.blueprint.entity} and ${made.second.blueprint.entity} already`,
        'Name another table, or map an association entity: { through: () => … }',
      )
      return null
    }
    const { table, toFirst, toSecond } = made
    return Object.freeze({
      table,
      mapper: null,
      toOwner: isReversed ? toSecond : toFirst,
      toTarget: isReversed ? toFirst : toSecond,
    })
  }

  #make({ owner, property, target }: Request, name: string): Made {
    const { problems, naming, names } = this.#configuration
    checkName(
      { name, of: `the association table of ${owner.entity}.${property}`, entity: owner.entity, property },
      problems,
    )
    const first: Side = { blueprint: owner, name: owner.entity }
    const second: Side = { blueprint: target, name: owner === target ? property : target.entity }
    const toFirst = this.#keyOf(first)
    const toSecond = this.#keyOf(second)
    const columns = Object.freeze([...toFirst, ...toSecond].map(([column]) => column))
    const primaryKey = { name: names.made(naming.primaryKey(name), owner), columns }
    const { table, parts } = growingTable(name, owner, { columns, primaryKey })
    this.#refer(table, parts, [first, toFirst])
    this.#refer(table, parts, [second, toSecond])
    return { table, first, second, toFirst, toSecond, users: [] }
  }

  #keyOf({ blueprint, name }: Side): ColumnPairs {
    return Object.freeze(
      blueprint.key.map(({ column }) => {
        const { name: columnName, type } = column
        const held = new Column({
          name: this.#configuration.naming.associationColumn(name, columnName),
          type: new SqlType({ ...type.spec, isNullable: false }),
        })
        return [held, column] as const
      }),
    )
  }

  #refer(table: Table, parts: TableParts, [side, pairs]: readonly [Side, ColumnPairs]): void {
    const { naming, names } = this.#configuration
    const columns = pairs.map(([column]) => column)
    const name = naming.foreignKey(
      table.name,
      columns.map((column) => column.name),
    )
    parts.foreignKeys.push(
      Object.freeze({
        name: names.made(name, side.blueprint),
        columns,
        target: () => side.blueprint.table,
        targetColumns: () => pairs.map(([, column]) => column),
        onDelete: 'cascade',
      }),
    )
  }
}
