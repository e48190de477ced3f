import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { afterAll } from "vitest";
import type { DatabaseKind } from "./testDatabase.js";

/** One PGlite for the whole file, since it takes seconds to start; it is emptied for each test. */
export function pglite(): DatabaseKind {
  let shared: PGlite | undefined;
  afterAll(() => shared?.close());
  return {
    name: "PGlite",
    commitStatements: ["select"],
    make: async () => {
      shared ??= await PGlite.create();
      const instance = shared;
      await instance.exec("drop schema public cascade; create schema public");
      return {
        dialect: () => new PGliteDialect({ pglite: kept(instance) }),
        dispose: async () => undefined,
      };
    },
  };
}

/** Stays open when a store ends its dialect. */
function kept(instance: PGlite): PGlite {
  return new Proxy(instance, {
    get: (target, name) => {
      if (name === "close") return async () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
