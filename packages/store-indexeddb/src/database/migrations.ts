/** The one object store: records as `StoredRecord` has them, ordered by their keys. */
export const RECORDS = "records";

/** One step from a format to the next, inside the transaction that changes the version. */
export type Migration = (database: IDBDatabase, transaction: IDBTransaction) => void;

/** Step *n* makes format *n* + 1, which is the version of the database. FORMAT.md describes them. */
export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore(RECORDS, { keyPath: "key" });
  },
];
