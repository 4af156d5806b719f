// The public face of @oriel/sql. Every name that leaves the package stands here.
export type {
  ArithmeticOperator,
  BinaryOperator,
  ComparisonOperator,
  ExpressionNodeMap,
  Frame,
  FrameBound,
  FrameExclusion,
  FrameUnit,
  NodeOfWindow,
  NullsPlacement,
  SortDirection,
} from './ast/expression-node.ts'
export type { DefinitionNode, ExpressionNode, Node, NodeKind, NodeMap, NodeOf, QueryNode, SourceNode, StatementNode } from './ast/node.ts'
export type { Assignment, DerivedColumn, JoinNode } from './ast/source-node.ts'
export type { RowLock, Selected, Selection, StatementExtras } from './ast/statement-node.ts'
export type { Bind, Compiled, ResultColumn, RowItem, RowShape, StatementVerb, Warning, WarningCode } from './compiler/compiled.ts'
export type { Handlers } from './compiler/handlers.ts'
export type { Dialect, Supports, TransactionOptions } from './dialect.ts'
export {
  CheckViolationError,
  DatabaseError,
  type DatabaseErrorOptions,
  DataError,
  DeadlockError,
  ExclusionViolationError,
  type FailedStatement,
  ForeignKeyViolationError,
  IntegrityError,
  LockTimeoutError,
  type ModelContext,
  NotNullViolationError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  QueryCanceledError,
  SerializationError,
  type ServerErrorFields,
  TransactionRollbackError,
  UniqueViolationError,
} from './error/database-error.ts'
export {
  ArgumentError,
  CompileError,
  InvalidRequestError,
  OrielError,
  type OrielErrorOptions,
  UnsupportedByDialectError,
} from './error/oriel-error.ts'
export { nearest, suggest } from './error/suggestion.ts'
export {
  type CheckConstraint,
  Column,
  type ColumnGeneration,
  type ColumnOptions,
  type ExclusionConstraint,
  type ForeignKey,
  type IndexDefinition,
  type ReferentialAction,
  type UniqueConstraint,
} from './schema/column.ts'
export { Table, type TableOptions } from './schema/table.ts'
export { type ClauseElement, clauseElement, type HasClauseElement, hasClauseElement, type RelationshipElement } from './source/clause-element.ts'
export type { Codec, StandardSchema, ValueCodec } from './type/codec.ts'
export { InstantType, NumericType, SqlType, type TypeName, type TypeSpec, unknownType } from './type/sql-type.ts'
export { types } from './type/types.ts'
export type {
  Addend,
  AddendOperand,
  ColumnKey,
  Comparable,
  Computed,
  Data,
  Generated,
  Input,
  Interval,
  Many,
  Method,
  Numeric,
  One,
  Primitive,
  RelationKey,
  Stored,
  WriteMode,
} from './type/value.ts'
