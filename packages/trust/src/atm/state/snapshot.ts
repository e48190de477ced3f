import type { OmemoStore, RecordCheck, RecordKey, StoredRecord } from "@omemo/core";
import type { Decision, TrustKey, TrustLevels } from "../../decisions/decision.js";
import { decisionKey, decodeDecision } from "../../decisions/decisionRecord.js";
import { type ManualStep, nameOf, type Statement } from "../rules/statement.js";
import { decodeManual, type Manual, manualKey, stepsOf, withTable } from "./manualRecord.js";
import { decodeSaid, SAID } from "./saidRecord.js";

/** Written by every change: two processes cannot change what they did not see. */
export const REVISION: RecordKey = ["trust-revision"];

/** What is known of one key. */
export interface KnownSubject {
  readonly key: TrustKey;
  readonly decision: Decision | undefined;
  readonly manual: Manual;
}

/** All that a change is based on. */
export interface Snapshot {
  readonly statements: readonly Statement[];
  readonly manual: readonly ManualStep[];
  /** As they are stored. */
  readonly records: readonly StoredRecord[];
  /** Of everybody who said something, or is spoken of, by name of the key. */
  readonly subjects: ReadonlyMap<string, KnownSubject>;
  /** That nobody changed any of it. */
  readonly check: readonly RecordCheck[];
}

/** Reads what was said, with what comes new, and all that is decided about those concerned. */
export async function loadSnapshot(
  store: OmemoStore,
  levels: TrustLevels,
  edit: (statements: readonly Statement[]) => readonly Statement[],
  others: readonly TrustKey[],
): Promise<Snapshot> {
  const [revision] = await store.get([REVISION]);
  const records: StoredRecord[] = [];
  for await (const record of store.list(SAID)) records.push(record);
  const statements = edit(records.flatMap(decodeSaid));
  const concerned = new Map(
    [...statements.flatMap(({ sender, subject }) => [sender, subject]), ...others].map((key) => {
      return [nameOf(key), key] as const;
    }),
  );
  const keys = [...concerned.values()];
  const wanted = keys.flatMap((key) => [decisionKey(key), manualKey(key)]);
  const found = await store.get(wanted);
  const subjects = keys.map((key, index): KnownSubject => {
    const decision = decodeDecision(found[2 * index]);
    const manual = withTable(decodeManual(found[2 * index + 1]), decision, levels);
    return { key, decision, manual };
  });
  return {
    statements,
    records,
    manual: subjects.flatMap(({ key, manual }) => stepsOf(key, manual)),
    subjects: new Map(subjects.map((subject) => [nameOf(subject.key), subject])),
    check: [
      { key: REVISION, version: revision?.version },
      ...wanted.map((key, index) => ({ key, version: found[index]?.version })),
    ],
  };
}
