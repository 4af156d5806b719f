// A dialect that is not PostgreSQL and knows little: `?` placeholders, backticks, no RETURNING, LATERAL, DISTINCT ON, FILTER, …
// It exists to show what the language asks of a dialect, and what it says where one has no answer.
import { ArgumentError, type Codec, DatabaseError, type Dialect, type SqlType, standardHandlers } from '../src/index.ts'

const asText: Codec = { decode: (text) => text, encode: (value) => String(value) }
const names: { readonly [name: string]: string } = { integer: 'int', bigint: 'int', text: 'char', double: 'double' }

export const toy: Dialect = Object.freeze({
  name: 'toy',
  supports: Object.freeze({
    returning: false,
    onConflict: false,
    lateral: false,
    distinctOn: false,
    filterClause: false,
    groupsFrame: false,
    dataModifyingCtes: false,
    enumTypes: false,
    transactionalDdl: false,
    orderedSequence: false,
  }),
  handlers: standardHandlers,
  maxParameters: 3,
  maxIdentifierBytes: 20,
  randomUuid: 'make_uuid()',
  quote: (identifier: string) => `\`${identifier.replaceAll('`', '``')}\``,
  literal: (text: string) => `'${text.replaceAll("'", "''")}'`,
  placeholder: () => '?',
  typeName(type: SqlType<unknown>) {
    const name = names[type.spec.name]
    if (!name) throw new ArgumentError(`toy has no type ${type.spec.name}`)
    return name
  },
  codec: () => asText,
  codecByOid: () => asText,
  isReadOnlyFunction: () => true,
  databaseError: (options) => new DatabaseError(options),
  begin: () => 'begin',
} satisfies Dialect)
