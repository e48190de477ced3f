import { CompiledQuery } from "kysely";
import { DATA_COLUMNS } from "../../records/recordTable.js";
import { goneAccount, staleRecord } from "../../storeFailure.js";
import { insertInto, onConflictReplace, sameKey } from "../insertInto.js";
import type {
  Changes,
  Database,
  Relation,
  RelationColumn,
  TableChecks,
  TableKeys,
  TableRow,
  TableRows,
} from "../sqlDialect.js";
import { arrayText } from "./arrayText.js";
import { ARGUMENT, STALE } from "./commitFunction.js";
import { COLUMN_ARRAYS } from "./relation.js";

const CALL =
  "select omemo_commit($1::bigint, $2::text[], $3::bytea, $4::text, $5::text[]) as revision";

/** All that a commit does, in one call of the function that the schema brings. */
export async function commit(
  connection: Database,
  accountId: number,
  { checks, puts, deletes }: Changes,
): Promise<number> {
  const parcel = new Parcel();
  const counts = checks.map((check) => `(${countStale(parcel, check)})`);
  const stale = counts.length === 0 ? null : `select ${counts.join(" + ")}`;
  const writes = [
    ...puts.map((rows) => upsert(parcel, rows)),
    ...deletes.map((keys) => deleteRows(parcel, keys)),
  ];
  const parameters = [accountId, parcel.cells, parcel.bytes(), stale, writes];
  const { rows } = await connection.executeQuery<{ revision: string | number | null }>(
    CompiledQuery.raw(CALL, parameters),
  );
  const revision = rows[0]?.revision ?? undefined;
  if (revision === undefined) throw goneAccount();
  if (Number(revision) === STALE) throw staleRecord();
  return Number(revision);
}

/** What travels with the call: columns as one text each, and all values as one string of bytes. */
class Parcel {
  readonly cells: string[] = [];
  readonly #values: Uint8Array[] = [];
  #end = 1;

  /** A derived table of these rows; the alias is the caller's. */
  relation({ columns, rows }: Relation): string {
    const arrays = columns.map(({ type }, index) => {
      this.cells.push(arrayText(rows.map((row) => row[index] ?? null)));
      return `(${ARGUMENT.cells})[${this.cells.length}]::${COLUMN_ARRAYS[type]}`;
    });
    const names = columns.map(({ name }) => name).join(", ");
    return `(select * from unnest(${arrays.join(", ")}) as u (${names}))`;
  }

  /** Start and length of the value in the bytes; null for a row without one. */
  slice(data: TableRow["data"]): readonly (number | null)[] {
    // It is the last of a row's cells in every table.
    const value = data.at(-1);
    if (!(value instanceof Uint8Array)) return [null, null];
    this.#values.push(value);
    this.#end += value.length;
    return [this.#end - value.length, value.length];
  }

  /** All values behind each other. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#end - 1);
    let offset = 0;
    for (const value of this.#values) {
      bytes.set(value, offset);
      offset += value.length;
    }
    return bytes;
  }
}

function countStale(parcel: Parcel, { table, rows }: TableChecks): string {
  const columns: RelationColumn[] = [...table.columns, { name: "expected", type: "revision" }];
  return `
    select count(*) from ${parcel.relation({ columns, rows })} as k
    left join ${table.name} as t on t.account_id = ${ARGUMENT.account} ${sameKey(table, "t", "k")}
    where t.revision is distinct from k.expected`;
}

/** Where a row's value lies; an array of the values would be written as text, at twice the size. */
const SLICE: readonly RelationColumn[] = [
  { name: "start", type: "integer" },
  { name: "size", type: "integer" },
];

function upsert(parcel: Parcel, { table, rows }: TableRows): string {
  const described = DATA_COLUMNS[table.kind].flatMap(({ name, type }): RelationColumn[] =>
    type === "bytes" ? [] : [{ name, type }],
  );
  const columns = [...table.columns, ...described, ...SLICE];
  const cells = rows.map(({ key, data }) => [
    ...key,
    ...(data.slice(0, described.length) as readonly (string | number | null)[]),
    ...parcel.slice(data),
  ]);
  const chosen = [
    ARGUMENT.account,
    ...table.columns.map(({ name }) => `k.${name}`),
    ARGUMENT.revision,
    ...described.map(({ name }) => `k.${name}`),
    `substr(${ARGUMENT.bytes}, k.start, k.size)`,
  ];
  return `${insertInto(table)}
    select ${chosen.join(", ")} from ${parcel.relation({ columns, rows: cells })} as k
    ${onConflictReplace(table)}`;
}

function deleteRows(parcel: Parcel, { table, keys }: TableKeys): string {
  const { columns } = table;
  const doomed =
    columns.length === 0 ? "" : `using ${parcel.relation({ columns, rows: keys })} as k`;
  return `delete from ${table.name} as t ${doomed}
    where t.account_id = ${ARGUMENT.account} ${sameKey(table, "t", "k")}`;
}
