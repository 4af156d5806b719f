// The public face of @oriel/sql. Every name that leaves the package stands here.

export { isExpressionNode, isQueryNode, isSourceNode } from './ast/children.ts'
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
export type {
  DefinitionNode,
  ExpressionNode,
  Node,
  NodeKind,
  NodeMap,
  NodeOf,
  QueryNode,
  SourceNode,
  StatementNode,
} from './ast/node.ts'
export { type RewriteRules, rewriteExpression, rewriteQuery, walk } from './ast/rewrite.ts'
export type { Assignment, DerivedColumn, JoinNode } from './ast/source-node.ts'
export type { RowLock, Selected, Selection, StatementExtras } from './ast/statement-node.ts'
export { compile } from './compiler/compile.ts'
export type {
  Bind,
  Compiled,
  ResultColumn,
  RowItem,
  RowShape,
  StatementVerb,
  Warning,
  WarningCode,
} from './compiler/compiled.ts'
export { type Clause, CompileContext } from './compiler/context.ts'
export type { Handlers } from './compiler/handlers.ts'
export { precedence } from './compiler/precedence.ts'
export { standardHandlers } from './compiler/standard.ts'
export { writeSubquery } from './compiler/subquery.ts'
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
export { checkOptions } from './error/known-options.ts'
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
  beginAtUser,
  callerFrame,
  type Place,
  placeHere,
  placeOf,
  rememberCall,
  rememberOther,
  userFrames,
} from './error/user-frames.ts'
export { Expression, Ordering } from './expression/expression.ts'
export { func } from './expression/function.ts'
export { and, asc, Case, caseWhen, desc, exists, literal, not, or } from './expression/logic.ts'
export type {
  Elements,
  GroupCondition,
  GroupingSets,
  Kind,
  Operand,
  QualifyCondition,
  RowCondition,
  RowLevel,
  Several,
  Side,
  Sortable,
  Source,
  SourceOf,
  TaggedSource,
} from './expression/operand.ts'
export { Sql, sql } from './expression/sql-template.ts'
export {
  Aggregate,
  FrameCall,
  HypotheticalSet,
  OrderedSet,
  type Partition,
  RankingCall,
  type WindowSpec,
} from './expression/window.ts'
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
export { shortName, snakeCase } from './schema/name.ts'
export { Table, type TableOptions } from './schema/table.ts'
export {
  type Attribute,
  attributesOf,
  type EntityRef,
  type FromItem,
  sourceNode,
  tableSource,
} from './source/attributes.ts'
export {
  type ClauseElement,
  clauseElement,
  type HasClauseElement,
  hasClauseElement,
  type RelationshipElement,
} from './source/clause-element.ts'
export { type Columns, Cte } from './source/derived.ts'
export { type Attributes, aliased, type EntityClass, elementOf, entity } from './source/entity.ts'
export { modelOfError, withRelated } from './source/error-model.ts'
export { type RawTableOptions, table } from './source/raw-table.ts'
export { type Relationship, RelationshipAttribute, type ToMany, type ToOne } from './source/relationship.ts'
export type { Given } from './statement/clause.ts'
export { Compound, except, exceptAll, intersect, intersectAll, union, unionAll } from './statement/compound.ts'
export { defaultDialect, setDefaultDialect } from './statement/default-dialect.ts'
export { Delete, deleteFrom } from './statement/delete.ts'
export { type ConflictRows, type ConflictTarget, Insert, InsertInto, insert } from './statement/insert.ts'
export { type Executable, isQuery, type Query, queryNode } from './statement/query.ts'
export { DataChange, Returning } from './statement/returning.ts'
export {
  type CteRow,
  type Field,
  type Fields,
  type LoaderOption,
  type LockOptions,
  type RootOf,
  type Row,
  type ScalarOf,
  Select,
  type Selectable,
} from './statement/select.ts'
export { select } from './statement/select-from.ts'
export { selectionFrom } from './statement/selection.ts'
export { Update, update } from './statement/update.ts'
export type {
  Assignments,
  Creatable,
  Insertable,
  NoOther,
  OptionalColumns,
  RequiredColumns,
  Updatable,
} from './statement/write-types.ts'
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
  Exact,
  Generated,
  Input,
  Interval,
  Many,
  Method,
  NumberLike,
  Numeric,
  One,
  Primitive,
  RelationKey,
  Storable,
  Stored,
  WriteMode,
} from './type/value.ts'
