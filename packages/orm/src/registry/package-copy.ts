// One copy of this package per process: two would each know half of the entities. The registry checks it when it is loaded.
import { MappingError } from '../error.ts'
import { version } from '../version.ts'

/** A loaded copy of the package. */
export interface PackageCopy {
  readonly version: string
  readonly path: string
}

const copyKey = Symbol.for('oriel.orm.copy')

function isCopy(value: unknown): value is PackageCopy {
  return typeof value === 'object' && value !== null && 'path' in value && 'version' in value
}

/**
 * Takes the place of the only copy in a process. The same file loaded anew, as test runners and development servers do, is no second copy.
 * Throws MappingError with both paths and versions.
 */
export function claimProcess(copy: PackageCopy, process: object = globalThis): void {
  const first: unknown = Reflect.get(process, copyKey)
  if (!isCopy(first)) {
    Object.defineProperty(process, copyKey, { value: Object.freeze(copy), configurable: true })
    return
  }
  if (first.path === copy.path) return
  const message = `Two copies of @oriel/orm are loaded: ${first.version} from ${first.path}, and ${copy.version} from ${copy.path}`
  const remedy = 'Install one version for the whole application (npm ls @oriel/orm tells who asks for which)'
  throw new MappingError([{ entity: '', property: null, message, remedy }])
}

// A bundler may leave no address of the module behind.
const address: string | undefined = import.meta.url

/** This very copy. */
export const thisCopy: PackageCopy = { version, path: address ? new URL('..', address).pathname : 'a bundle' }
