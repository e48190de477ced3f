import type { Kysely, RawBuilder } from "kysely";
import type { Cell, RecordTable } from "../records/recordTable.js";

/** Any database: the tables are ours, and all SQL is written here. */
export type Database = Kysely<unknown>;

/** A column of a {@link Relation}; a nullable `revision` says which version a record must have. */
export interface RelationColumn {
  readonly name: string;
  readonly type: "text" | "integer" | "revision";
}

/** Rows that travel with a statement, as few parameters as the database allows. */
export interface Relation {
  readonly columns: readonly RelationColumn[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One row to write: the values of the key columns, then of the data columns. */
export interface TableRow {
  readonly key: readonly (string | number)[];
  readonly data: readonly Cell[];
}

/** Rows to write into one table. */
export interface TableRows {
  readonly table: RecordTable;
  readonly rows: readonly TableRow[];
}

/** The same for one account; they all get one revision. */
export interface Upsert extends TableRows {
  readonly accountId: number;
  readonly revision: number;
}

/** Keys of rows to delete. */
export interface TableKeys {
  readonly table: RecordTable;
  readonly keys: readonly (readonly (string | number)[])[];
}

export interface DoomedRows extends TableKeys {
  readonly accountId: number;
}

/** Rows with the columns of the key, and then the revision that the record must have. */
export interface TableChecks {
  readonly table: RecordTable;
  readonly rows: Relation["rows"];
}

/** What a commit comes to. */
export interface Changes {
  readonly checks: readonly TableChecks[];
  readonly puts: readonly TableRows[];
  readonly deletes: readonly TableKeys[];
}

/** In a transaction: `advance`, the checks, and then these. */
export interface WritesInSteps {
  readonly kind: "in-steps";
  /** One statement. */
  upsert(transaction: Database, upsert: Upsert): Promise<void>;
  /** Deletes the rows with these keys, in one statement. */
  deleteRows(transaction: Database, doomed: DoomedRows): Promise<void>;
}

/** By one statement, which does the same and is a transaction by itself. */
export interface WritesAtOnce {
  readonly kind: "at-once";
  /**
   * Answers the new revision.
   * @throws OmemoError `store-conflict` when a check does not hold, `store-failure` when there is no
   * such account.
   */
  commit(connection: Database, accountId: number, changes: Changes): Promise<number>;
}

/** Types of columns in `create table`. */
export interface ColumnTypes {
  /** A number that is never given out twice, with `primary key`. */
  readonly id: string;
  /** Compared byte by byte; at most so many characters. */
  text(characters: number): string;
  readonly longText: string;
  readonly integer: string;
  readonly bigInteger: string;
  /** Up to 16 MiB. */
  readonly bytes: string;
  /** Behind the closing bracket. */
  readonly tableOptions: string;
  /** Statements that make the functions which a commit calls; each may be run again. */
  readonly functions: readonly string[];
}

/** Why a statement that may simply be tried again failed. */
export type Collision =
  /** The server has been started and does not take statements yet. */
  | "starting"
  /** Somebody else holds the lock. */
  | "busy"
  /** Deadlock, or a serialization failure. */
  | "overtaken";

/** What differs between databases; each has a folder with the same names of files. */
export interface SqlDialect {
  readonly name: "sqlite" | "postgres" | "mysql";
  readonly types: ColumnTypes;
  /** Once for each store: makes a commit on this connection durable, where that is ours to say. */
  prepare(database: Database): Promise<void>;
  /** A derived table; the alias is the caller's. */
  relation(relation: Relation): RawBuilder<unknown>;
  /** True when both are null, or both are the same. */
  isSame(left: string, right: string): string;
  readonly writes: WritesInSteps | WritesAtOnce;
  /**
   * Locks the account until the transaction ends and gives its next revision; `undefined` when
   * there is no such account.
   */
  advance(transaction: Database, accountId: number): Promise<number | undefined>;
  /** Adds the account unless it is there. */
  addAccount(database: Database, name: string): Promise<void>;
  /** Runs `body` while no other process changes the schema. */
  changeSchema(database: Database, body: (database: Database) => Promise<void>): Promise<void>;
  collision(error: unknown): Collision | undefined;
  isMissingTable(error: unknown): boolean;
  /** Whether a failed COMMIT has certainly written nothing. */
  isRolledBack(error: unknown): boolean;
}
