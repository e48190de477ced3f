import { type RawBuilder, sql } from "kysely";
import type { Relation, RelationColumn } from "../sqlDialect.js";

const TYPES: Readonly<Record<RelationColumn["type"], string>> = {
  text: "varchar(255) character set utf8mb4",
  integer: "int",
  revision: "bigint",
};

/** One parameter, and a statement whose text does not depend on the number of rows. */
export function relation({ columns, rows }: Relation): RawBuilder<unknown> {
  const described = columns.map(
    ({ name, type }, index) => `${name} ${TYPES[type]} path '$[${index}]'`,
  );
  // The collation of our tables, without which no key would be looked up by its index.
  const chosen = columns.map(({ name, type }) =>
    type === "text" ? `${name} collate utf8mb4_bin as ${name}` : name,
  );
  return sql`(
    select ${sql.raw(chosen.join(", "))}
    from json_table(${JSON.stringify(rows)}, '$[*]' columns (${sql.raw(described.join(", "))})) as j
  )`;
}
