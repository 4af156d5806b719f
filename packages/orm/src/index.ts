// The public face of @oriel/orm. Every name that leaves the package stands here.
export { Bulk, type ReturnedRows } from './bulk/bulk.ts'
export { BulkInsert, bulkInsert } from './bulk/bulk-insert.ts'
export type { BulkLoad, DuplicatePolicy, OnReject } from './bulk/bulk-plan.ts'
export { type BulkReport, type BulkStrategy, bulkReportOf, type RowIssue } from './bulk/bulk-report.ts'
export { BulkUpdate, bulkUpdate } from './bulk/bulk-update.ts'
export { BulkUpsert, bulkUpsert } from './bulk/bulk-upsert.ts'
export type { BulkChange, BulkRow, Rows } from './bulk/row-types.ts'
export { Column, PrimaryKey } from './decorators/column.ts'
export { Check, Exclude, Index, type IndexOptionsOf, Unique } from './decorators/constraint.ts'
export { Entity } from './decorators/entity.ts'
export type {
  BareColumnDecorator,
  ColumnDecorator,
  EntityDecorator,
  Mismatch,
  OneToOneDecorator,
  ToManyDecorator,
  ToOneDecorator,
} from './decorators/property-check.ts'
export { ManyToMany, ManyToOne, OneToMany, OneToOne } from './decorators/relationship.ts'
export type { AnyClass, RelationshipForm } from './draft/draft.ts'
export type {
  Cascade,
  CollectionOptions,
  ColumnOptions,
  ConstraintOptions,
  EntityHome,
  EntityOptions,
  ExclusionOptions,
  IndexOptions,
  InverseOptions,
  ManyToManyOptions,
  PrimaryKeyOptions,
  ReferenceOptions,
  RelationshipOptions,
} from './draft/options.ts'
export {
  CircularDependencyError,
  ConcurrentSessionError,
  DetachedInstanceError,
  FlushError,
  MappingError,
  type MappingProblem,
  NotLoadedError,
  ObjectDeletedError,
  RowRejectedError,
  StaleDataError,
  ValidationError,
} from './error.ts'
export { type Awaitable, awaitable } from './loading/awaitable.ts'
export type { Filter } from './loading/filter.ts'
export type { LoadPlan } from './loading/load-plan.ts'
export {
  type ColumnOf,
  containsEager,
  defer,
  type JoinedOptions,
  joinedload,
  Loader,
  lazyload,
  loadOnly,
  raiseload,
  selectinload,
  undefer,
  withCriteria,
} from './loading/loader.ts'
export { create } from './mapped/create.ts'
export type { Instantiate } from './mapped/instantiate.ts'
export type { Association, ColumnPairs, ColumnProperty, Mapper, RelationshipProperty } from './registry/mapper.ts'
export { type NamingStrategy, snakeCaseNaming } from './registry/naming-strategy.ts'
export { defaultRegistry, mapperOf, Registry, type RegistryOptions, registryOf } from './registry/registry.ts'
export {
  type CreateAllOptions,
  createAll,
  createStatements,
  type DefinitionEngine,
  type DropAllOptions,
  dropAll,
  dropStatements,
} from './schema/create-all.ts'
export { Definition } from './schema/definition.ts'
export { current, ScopedSession, scopedSession } from './scope/scoped-session.ts'
export { SessionScope } from './scope/session-scope.ts'
export type { Propagation, PropagationOptions } from './scope/transact.ts'
export { Transactional, type TransactionalDecorator, type TransactionalOptions } from './scope/transactional.ts'
export { Session } from './session/session.ts'
export {
  type Attempt,
  type SessionBeginOptions,
  SessionFactory,
  type SessionOpenOptions,
  sessionFactory,
} from './session/session-factory.ts'
export type { KeyOf, SessionExecuteOptions, SessionOptions } from './session/session-options.ts'
export { type Inspection, inspect } from './state/inspect.ts'
export type { ObjectStatus } from './state/instance-state.ts'
export type { SessionStreamOptions } from './stream/stream-options.ts'
export type { FlushAction, FlushPlan } from './unit-of-work/flush-plan.ts'
export { version } from './version.ts'
