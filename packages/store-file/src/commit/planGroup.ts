import { OmemoError, type RecordVersion } from "@omemo/core";
import { sealEntry } from "../log/entry.js";
import { type Operation, stampVersion } from "../log/operation.js";
import { type RecordIndex, versionText } from "../log/recordIndex.js";
import type { Request } from "./request.js";

export type Outcome = readonly RecordVersion[] | OmemoError;

/** What a group of batches comes to: valid only once `bytes` are durable at the end of the log. */
export interface GroupPlan {
  /** One entry for each batch that changes something; empty when none does. */
  readonly bytes: Uint8Array;
  readonly operations: readonly Operation[];
  /** Number of the last entry. */
  readonly sequence: number;
  /** In the order of the requests. */
  readonly outcomes: readonly Outcome[];
}

/** Each request sees what those before it will have written. Changes nothing but their drafts. */
export function planGroup(
  requests: readonly Request[],
  index: RecordIndex,
  lastSequence: number,
): GroupPlan {
  const written = new Map<string, RecordVersion | undefined>();
  const isShared = requests.length > 1;
  const versionOf = (name: string): RecordVersion | undefined =>
    isShared && written.has(name) ? written.get(name) : index.version(name);
  const entries: Buffer[] = [];
  const operations: Operation[] = [];
  let sequence = lastSequence;

  const outcomes = requests.map((request): Outcome => {
    if (request.check.some(({ name, version }) => versionOf(name) !== version)) {
      return new OmemoError("store-conflict", "a record has changed; read it again and retry");
    }
    if (request.put.length + request.delete.length === 0) return [];
    sequence += 1;
    const version = versionText(sequence);
    const put = request.put.map((draft) => {
      stampVersion(request.draft, draft, sequence);
      return { ...draft, version: sequence };
    });
    if (isShared) {
      for (const { name } of put) written.set(name, version);
      for (const { name } of request.delete) written.set(name, undefined);
    }
    entries.push(sealEntry(request.draft, sequence));
    for (const operation of put) operations.push(operation);
    for (const operation of request.delete) operations.push(operation);
    return put.map(() => version);
  });

  const bytes = entries.length === 1 ? (entries[0] as Buffer) : Buffer.concat(entries);
  return { bytes, operations, sequence, outcomes };
}
