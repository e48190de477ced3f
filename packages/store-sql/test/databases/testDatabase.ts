import type { Dialect } from "kysely";

/** An empty database of its own, which any number of dialects may be opened on. */
export interface TestDatabase {
  /** A dialect with connections of its own; it ends with the Kysely that is made of it. */
  dialect(): Dialect;
  dispose(): Promise<void>;
}

/** A kind of database, by the driver that reaches it. */
export interface DatabaseKind {
  readonly name: string;
  /** First words of what a commit of checked records of one table sends, but for begin and commit. */
  readonly commitStatements: readonly string[];
  make(): Promise<TestDatabase>;
}

/** Where a commit is a transaction of several statements. */
export const IN_STEPS: readonly string[] = ["update", "select", "insert"];
