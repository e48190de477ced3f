import type { RecordVersion } from "@omemo/core";
import { revisionOf } from "./records/revision.js";

/** A few hundred bytes each. */
const MOST_RECORDS = 10_000;

/**
 * Which revision each record has, as of one commit of the account: what this store has read or
 * written itself. While the account's number shows that nobody else has written since, checks need
 * not be asked of the database.
 */
export class KnownRevisions {
  readonly #revisions: Map<string, number | null> = new Map();
  #asOf = -1;

  /** From one read, which saw the account at `asOf`; `null` for an absent record. */
  heard(asOf: number, records: Iterable<readonly [name: string, revision: number | null]>): void {
    if (asOf < this.#asOf) return;
    if (asOf > this.#asOf) this.#forget(asOf);
    for (const [name, revision] of records) this.#set(name, revision);
  }

  /** What the commit with that number has written and deleted. */
  wrote(revision: number, put: readonly string[], deleted: readonly string[]): void {
    if (revision < this.#asOf) return;
    if (revision > this.#asOf + 1) this.#forget(revision);
    this.#asOf = revision;
    for (const name of put) this.#set(name, revision);
    for (const name of deleted) this.#set(name, null);
  }

  /** Whether all of these are certainly so when the account is at `revision`. */
  vouchFor(revision: number, checks: readonly NamedCheck[]): boolean {
    return (
      revision === this.#asOf &&
      checks.every(({ name, version }) => this.#revisions.get(name) === revisionOf(version))
    );
  }

  #forget(asOf: number): void {
    this.#revisions.clear();
    this.#asOf = asOf;
  }

  /** Those met first are forgotten first, however often they were met: order costs more than it saves. */
  #set(name: string, revision: number | null): void {
    this.#revisions.set(name, revision);
    if (this.#revisions.size <= MOST_RECORDS) return;
    const [oldest] = this.#revisions.keys();
    if (oldest !== undefined) this.#revisions.delete(oldest);
  }
}

/** A check under the record's name. */
export interface NamedCheck {
  readonly name: string;
  readonly version: RecordVersion | undefined;
}
