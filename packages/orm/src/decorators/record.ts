// Writes down one call of a decorator: what it says where it stands rightly, a misuse where it does not.
import { callSite, type Place } from '../draft/call-site.ts'
import {
  type AnyClass,
  type ClassDraft,
  type ColumnDraft,
  isClass,
  type MisuseDraft,
  type RelationshipDraft,
} from '../draft/draft.ts'
import { draftAt } from '../draft/draft-store.ts'
import { type DecoratorName, unknownOptions } from '../draft/options.ts'

/** What both standards call a decorator with. */
export type Decorate = (target: unknown, key: unknown, descriptor?: unknown) => void

function article(place: Place): string {
  return place === 'accessor' ? 'an' : 'a'
}

/** A decorator of fields. A misuse that was found in what it was given is reported in place of a wrong option. */
export function fieldDecorator(
  decorator: DecoratorName,
  mapping: ColumnDraft | RelationshipDraft,
  misuse: Omit<MisuseDraft, 'property'> | null = null,
): Decorate {
  return (target, key, descriptor) => {
    const site = callSite(target, key, descriptor)
    const draft = draftAt(site)
    const { property, mode, place } = site
    if (place !== 'field') {
      draft.misuses.push({
        property: property || null,
        message: (owner) => `${decorator} stands on ${owner}, ${article(place)} ${place}; only fields are mapped`,
        remedy: `Write it as a plain field: ${decorator}(…) ${property.replace('#', '') || 'name'}!: …`,
      })
      return
    }
    if (misuse) draft.misuses.push({ ...misuse, property })
    else draft.misuses.push(...unknownOptions(decorator, mapping.options, property))
    const prototype = mode === 'legacy' && typeof target === 'object' ? target : null
    draft.properties.push({ property, decorator, mode, prototype, mapping })
  }
}

/** A decorator of classes. */
export function classDecorator(
  decorator: DecoratorName,
  options: object,
  write: (draft: ClassDraft, entityClass: AnyClass) => void,
): Decorate {
  return (target, key, descriptor) => {
    const site = callSite(target, key, descriptor)
    const draft = draftAt(site)
    if (site.place !== 'class' || !isClass(target)) {
      draft.misuses.push({
        property: site.property || null,
        message: (owner) =>
          `${decorator} stands on ${owner}, ${article(site.place)} ${site.place}; it belongs on a class`,
        remedy: `Write ${decorator} above the class`,
      })
      return
    }
    draft.misuses.push(...unknownOptions(decorator, options, null))
    write(draft, target)
  }
}
