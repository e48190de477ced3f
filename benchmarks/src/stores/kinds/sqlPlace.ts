import { sqlStore } from "@omemo/store-sql";
import { CompiledQuery, type Kysely } from "kysely";
import type { Floor, StorePlace } from "../storeKind.ts";

/** What databases write differently in the floor's one statement. */
export interface Flavour {
  /** Type of the names, type of the values. */
  readonly types: readonly [name: string, value: string];
  /** Marker of the parameter with that number, from 1. */
  parameter(number: number): string;
  /** What to do about rows that are there. */
  readonly replace: string;
}

export const POSTGRES_FLAVOUR: Flavour = {
  types: ["text", "bytea"],
  parameter: (number) => `$${number}`,
  replace: "on conflict (name) do update set value = excluded.value",
};
export const SQLITE_FLAVOUR: Flavour = {
  types: ["text", "blob"],
  parameter: () => "?",
  replace: "on conflict (name) do update set value = excluded.value",
};
export const MYSQL_FLAVOUR: Flavour = {
  types: ["varchar(255)", "longblob"],
  parameter: () => "?",
  replace: "on duplicate key update value = values(value)",
};

/** A store on that database, and the floor beside it in a table without account or version. */
export async function sqlPlace(
  database: Kysely<unknown>,
  flavour: Flavour,
  dispose: () => Promise<void>,
): Promise<StorePlace> {
  await untilReady(database);
  const store = await sqlStore(database, { account: "juliet@example.org" });
  const [name, value] = flavour.types;
  const table = `create table bench_floor (name ${name} primary key, value ${value} not null)`;
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

/** A server takes connections before it takes statements. */
async function untilReady(database: Kysely<unknown>): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      await database.executeQuery(CompiledQuery.raw("select 1"));
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** One statement of many rows, which is a transaction by itself. */
function floorOn(database: Kysely<unknown>, { parameter, replace }: Flavour): Floor {
  const statements = new Map<number, string>();
  const statementOf = (count: number): string => {
    const rows = Array.from(
      { length: count },
      (_, row) => `(${parameter(2 * row + 1)}, ${parameter(2 * row + 2)})`,
    );
    return `insert into bench_floor (name, value) values ${rows.join(", ")} ${replace}`;
  };
  return async (rows) => {
    const statement = statements.get(rows.length) ?? statementOf(rows.length);
    statements.set(rows.length, statement);
    const parameters = rows.flatMap(([name, value]) => [name, Buffer.from(value)]);
    await database.executeQuery(CompiledQuery.raw(statement, parameters));
  };
}
