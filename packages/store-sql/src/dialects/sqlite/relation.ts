import { type RawBuilder, sql } from "kysely";
import type { Relation } from "../sqlDialect.js";

/** One parameter, and a statement whose text does not depend on the number of rows. */
export function relation({ columns, rows }: Relation): RawBuilder<unknown> {
  const chosen = columns.map(({ name }, index) => `value ->> ${index} as ${name}`);
  return sql`(select ${sql.raw(chosen.join(", ") || "1")} from json_each(${JSON.stringify(rows)}))`;
}
