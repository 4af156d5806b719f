// The public face of @oriel/postgres. Every name that leaves the package stands here.
export { type ForeignKeySide, foreignKeySide, type ViolatedKey, violatedKey } from './error/constraint.ts'
export { excerpt } from './error/excerpt.ts'
export { postgres } from './postgres.ts'
