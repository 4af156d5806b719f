// The public face of @oriel/zod. Every name that leaves the package stands here.
export {
  type InsertShape,
  insertSchema,
  type SelectShape,
  selectSchema,
  type UpdateOptions,
  type UpdateShape,
  updateSchema,
} from './entity-schema.ts'
