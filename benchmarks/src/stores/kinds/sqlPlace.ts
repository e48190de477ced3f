import { sqlStore } from "@omemo/store-sql";
import { CompiledQuery, type Kysely } from "kysely";
import type { Floor, StorePlace } from "../storeKind.ts";

/** What databases write differently in the floor's one statement. */
export interface Flavour {
  readonly types: {
    text(characters: number): string;
    readonly number: string;
    readonly bytes: string;
  };
  /** Behind `create table (...)`, as for the tables of the store. */
  readonly tableOptions: string;
  /** Marker of the parameter with that number, from 1. */
  parameter(number: number): string;
  /** What to do about rows that are there. */
  readonly replace: string;
}

const KEY = "account_id, version, jid, device_id, fingerprint";
const ON_CONFLICT = `on conflict (${KEY}) do update set revision = excluded.revision, value = excluded.value`;

export const POSTGRES_FLAVOUR: Flavour = {
  types: {
    text: (characters) => `varchar(${characters}) collate "C"`,
    number: "bigint",
    bytes: "bytea",
  },
  tableOptions: " with (fillfactor = 80)",
  parameter: (number) => `$${number}`,
  replace: ON_CONFLICT,
};
export const SQLITE_FLAVOUR: Flavour = {
  types: { text: () => "text", number: "integer", bytes: "blob" },
  tableOptions: " without rowid",
  parameter: () => "?",
  replace: ON_CONFLICT,
};
export const MYSQL_FLAVOUR: Flavour = {
  types: { text: (characters) => `varchar(${characters})`, number: "bigint", bytes: "mediumblob" },
  tableOptions: " engine=InnoDB row_format=dynamic character set utf8mb4 collate utf8mb4_bin",
  parameter: () => "?",
  replace: "on duplicate key update revision = values(revision), value = values(value)",
};

/** A store on that database, and the floor beside it in a twin of its table of sessions. */
export async function sqlPlace(
  database: Kysely<unknown>,
  flavour: Flavour,
  dispose: () => Promise<void>,
): Promise<StorePlace> {
  const store = await sqlStore(database, { account: "juliet@example.org" });
  const { text, number, bytes } = flavour.types;
  const table = `create table bench_floor (
    account_id ${number} not null, version ${text(64)} not null, jid ${text(255)} not null,
    device_id ${number} not null, fingerprint ${text(64)} not null, revision ${number} not null,
    value ${bytes} not null, primary key (${KEY})
  )${flavour.tableOptions}`;
  await database.executeQuery(CompiledQuery.raw(table));
  return {
    store,
    floor: floorOn(database, flavour),
    dispose: async () => {
      await store.close();
      await database.destroy();
      await dispose();
    },
  };
}

/** One statement of many rows, which is a transaction by itself; no version of theirs is checked. */
function floorOn(database: Kysely<unknown>, { parameter, replace }: Flavour): Floor {
  let revision = 0;
  return (rows) => {
    revision += 1;
    const parameters: unknown[] = [];
    const tuples = rows.map(([[, version, jid, device, fingerprint], value]) => {
      const start = parameters.length;
      parameters.push(1, version, jid, Number(device), fingerprint, revision, Buffer.from(value));
      const markers = Array.from({ length: parameters.length - start }, (_, index) =>
        parameter(start + index + 1),
      );
      return `(${markers.join(", ")})`;
    });
    const statement = `insert into bench_floor (${KEY}, revision, value) values ${tuples.join(", ")} ${replace}`;
    const query = CompiledQuery.raw(statement, parameters);
    return async () => {
      await database.executeQuery(query);
    };
  };
}
