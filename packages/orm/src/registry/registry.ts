// The registry: which classes are mapped together. It is configured when one of them is first asked for.
import { InvalidRequestError, type Table, type Warning } from '@oriel/sql'
import { type AnyClass, isClass } from '../draft/draft.ts'
import { draftOf } from '../draft/draft-store.ts'
import { MappingError } from '../error.ts'
import { type Configured, configure } from './configure.ts'
import type { Mapper } from './mapper.ts'
import { type NamingStrategy, snakeCaseNaming } from './naming-strategy.ts'
import { claimProcess, thisCopy } from './package-copy.ts'

claimProcess(thisCopy)

/** Options of a registry. */
export interface RegistryOptions {
  /** The names that differ from the default's. */
  readonly namingStrategy?: Partial<NamingStrategy>
  /** The schema of tables that name none. */
  readonly schema?: string
  /** Classes that belong here; others name the registry in their @Entity. */
  readonly entities?: readonly AnyClass[]
}

const owners = new WeakMap<AnyClass, Registry>()
/** Decorated classes that named no registry, until one takes them. */
const announced = new Set<AnyClass>()

/** A set of entities that are mapped together. Configured once, on first use; classes that are decorated later are added then. */
export class Registry {
  readonly namingStrategy: NamingStrategy
  readonly schema: string | null
  readonly #waiting = new Set<AnyClass>()
  #configured: Configured | null = null
  #isConfiguring = false

  constructor(options: RegistryOptions = {}) {
    this.namingStrategy = Object.freeze({ ...snakeCaseNaming, ...options.namingStrategy })
    this.schema = options.schema ?? null
    this.add(...(options.entities ?? []))
  }

  /** Adds classes. Throws MappingError for one that belongs to another registry. */
  add(...entityClasses: readonly AnyClass[]): void {
    for (const entityClass of entityClasses) {
      if (!isClass(entityClass)) throw notAClass(entityClass)
      const owner = owners.get(entityClass)
      if (owner === this) continue
      if (owner) throw belongsElsewhere(entityClass)
      owners.set(entityClass, this)
      announced.delete(entityClass)
      this.#waiting.add(entityClass)
    }
  }

  /** Resolves and checks all mappings. Called by first use. Throws one MappingError with everything that is wrong. */
  configure(): this {
    if (announced.size > 0 && this === defaultRegistry) this.add(...announced)
    if (this.#waiting.size === 0) return this
    if (this.#isConfiguring)
      throw new InvalidRequestError('The registry is being configured: a decorator asked for an entity.', {
        hint: 'In the callbacks of @Index, @Unique, @Check and @Exclude use the attributes that they are given.',
      })
    this.#isConfiguring = true
    try {
      const entityClasses = [...this.#waiting]
      const known = this.#configured
      this.#configured = configure({ entityClasses, naming: this.namingStrategy, schema: this.schema, known })
      this.#waiting.clear()
      const warned = known?.warnings.length ?? 0
      for (const { code, message } of this.#configured.warnings.slice(warned))
        process.emitWarning(message, { type: 'OrielWarning', code })
    } finally {
      this.#isConfiguring = false
    }
    return this
  }

  /** All mapped classes. Configures the registry. */
  get mappers(): readonly Mapper[] {
    return [...this.#ready().blueprints.values()].flatMap(({ mapper }) => mapper ?? [])
  }

  /** All tables, those of many-to-many relationships last. Configures the registry. */
  get tables(): readonly Table[] {
    const configured = this.#ready()
    return [...this.mappers.map(({ table }) => table), ...configured.associations.tables]
  }

  /** What is not wrong with the mapping, but likely not meant. Configures the registry. */
  get warnings(): readonly Warning[] {
    return this.#ready().warnings
  }

  /** The mapper of a class. Configures the registry; throws MappingError for a class that does not belong here. */
  mapperOf(entityClass: AnyClass): Mapper {
    const mapper = this.#ready().blueprints.get(entityClass)?.mapper
    if (mapper) return mapper
    throw draftOf(entityClass)?.entity ? belongsElsewhere(entityClass) : noEntity(entityClass)
  }

  #ready(): Configured {
    this.configure()
    this.#configured ??= configure({ entityClasses: [], naming: this.namingStrategy, schema: this.schema, known: null })
    return this.#configured
  }
}

/** The registry of classes that name no other. */
export const defaultRegistry: Registry = new Registry()

/** Takes note of a decorated class that names no registry. */
export function announce(entityClass: AnyClass): void {
  if (!owners.has(entityClass)) announced.add(entityClass)
}

/** The registry that a class belongs to. */
export function registryOf(entityClass: AnyClass): Registry {
  return owners.get(entityClass) ?? defaultRegistry
}

/** The mapper of a class, from its own registry. Throws MappingError where the class is no entity. */
export function mapperOf(entityClass: AnyClass): Mapper {
  return registryOf(entityClass).mapperOf(entityClass)
}

function oneProblem(entity: string, message: string, remedy: string): MappingError {
  return new MappingError([{ entity, property: null, message, remedy }])
}

function belongsElsewhere({ name }: AnyClass): MappingError {
  return oneProblem(name, `${name} belongs to another registry`, 'A class is mapped once: list it in one registry only')
}

function noEntity({ name }: AnyClass): MappingError {
  return oneProblem(name, `${name} is no entity`, `Write @Entity() above ${name}`)
}

function notAClass(value: unknown): MappingError {
  return oneProblem(
    String(value),
    `The entities of a registry are classes, got ${String(value)}`,
    'List the classes themselves',
  )
}
