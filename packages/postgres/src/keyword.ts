// The keywords that cannot stand as a bare name everywhere, by PostgreSQL's own categories (PostgreSQL 18; identifier.ts asks).
// From: select catcode, string_agg(word, ' ' order by word) from pg_get_keywords() where catcode <> 'U' group by catcode

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** Reserved: never a bare name. */
export const reservedKeywords: readonly string[] = words(`
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
  current_catalog current_date current_role current_time current_timestamp current_user default deferrable
  desc distinct do else end except false fetch for foreign from grant group having in initially intersect into
  lateral leading limit localtime localtimestamp not null offset on only or order placing primary references
  returning select session_user some symmetric system_user table then to trailing true union unique user using
  variadic when where window with
`)

/** May name a function or a type, nothing else. */
export const typeOrFunctionKeywords: readonly string[] = words(`
  authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left
  like natural notnull outer overlaps right similar tablesample verbose
`)

/** May name a column or a table, but not a function or a type of the user's. */
export const columnNameKeywords: readonly string[] = words(`
  between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout
  int integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query
  json_scalar json_serialize json_table json_value least merge_action national nchar none normalize nullif
  numeric out overlay position precision real row setof smallint substring time timestamp treat trim values
  varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable
`)
