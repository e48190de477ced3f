import { type RawBuilder, sql } from "kysely";
import type { Relation, RelationColumn } from "../sqlDialect.js";

/** The type of a whole column. */
export const COLUMN_ARRAYS: Readonly<Record<RelationColumn["type"], string>> = {
  text: "text[]",
  integer: "integer[]",
  revision: "bigint[]",
};

/** One array for each column, since a statement may have no more than 65 535 parameters. */
export function relation({ columns, rows }: Relation): RawBuilder<unknown> {
  const arrays = columns.map(
    ({ type }, index) =>
      sql`${rows.map((row) => row[index] ?? null)}::${sql.raw(COLUMN_ARRAYS[type])}`,
  );
  const names = columns.map(({ name }) => name).join(", ");
  return sql`(select * from unnest(${sql.join(arrays)}) as u (${sql.raw(names)}))`;
}
