// Where the draft of a class is kept: on the class, or on the metadata object that its standard decorators share.
// Compilers that share none have their fields' drafts kept aside until the class decorator, which runs next, claims them.
import type { CallSite } from './call-site.ts'
import { ClassDraft } from './draft.ts'

/** The key of a draft, global so that it means the same to every module. */
const draftKey = Symbol.for('oriel.mapping')

// The symbol that compilers look for where the runtime has no Symbol.metadata. Runs before any class is decorated.
const metadataKey = Symbol.for('Symbol.metadata')
const symbols: object = Symbol
if (!('metadata' in symbols)) Object.defineProperty(symbols, 'metadata', { value: metadataKey })
const metadataKeys = [metadataKey, Reflect.get(symbols, 'metadata')]

let unclaimed: ClassDraft | null = null

function ownValue(holder: object, key: symbol): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value
}

function ownDraft(holder: object): ClassDraft | null {
  const draft = ownValue(holder, draftKey)
  return draft instanceof ClassDraft ? draft : null
}

function keep(holder: object, draft: ClassDraft): ClassDraft {
  Object.defineProperty(holder, draftKey, { value: draft, configurable: true })
  return draft
}

function draftOn(holder: object): ClassDraft {
  return ownDraft(holder) ?? keep(holder, new ClassDraft())
}

function legacyHolder(target: unknown): object | null {
  if (typeof target === 'function') return target
  if (typeof target !== 'object' || target === null) return null
  const owner: unknown = target.constructor
  return typeof owner === 'function' ? owner : null
}

/** The draft that a decorator writes to, made where there is none. */
export function draftAt(site: CallSite): ClassDraft {
  const holder = site.mode === 'legacy' || site.place === 'class' ? legacyHolder(site.target) : null
  if (site.metadata) {
    const draft = draftOn(site.metadata)
    if (holder && !ownDraft(holder)) keep(holder, draft)
    return draft
  }
  if (!holder) {
    unclaimed ??= new ClassDraft()
    return unclaimed
  }
  const own = ownDraft(holder)
  if (own || site.mode === 'legacy') return own ?? draftOn(holder)
  const claimed = keep(holder, unclaimed ?? new ClassDraft())
  unclaimed = null
  return claimed
}

/** What decorators wrote down about this very class, without what its base classes have. */
export function draftOf(entityClass: object): ClassDraft | null {
  const own = ownDraft(entityClass)
  if (own) return own
  for (const key of metadataKeys) {
    const metadata = ownValue(entityClass, key)
    const draft = typeof metadata === 'object' && metadata !== null ? ownDraft(metadata) : null
    if (draft) return draft
  }
  return null
}
