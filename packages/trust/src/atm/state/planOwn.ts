import type { Batch } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import { encodeJson } from "../../jsonRecord.js";
import { nameOf, type Statement } from "../rules/statement.js";
import { tellKey } from "../telling/tellRecords.js";
import { encodeManual, type Manual, manualKey } from "./manualRecord.js";
import { encodeSaid, saidKey, senderOf } from "./saidRecord.js";
import type { Snapshot } from "./snapshot.js";

/** The records of this package alone, besides decisions. */
export interface OwnRecords {
  /** What is remembered of what was said. */
  readonly kept: readonly Statement[];
  /** What a person decided: just now, or before others made something else of it. */
  readonly manual: readonly { readonly key: TrustKey; readonly manual: Manual }[];
  /** Decisions that others are to hear of. */
  readonly told: readonly TrustKey[];
}

/** What has to be written so that the store says this. */
export function planOwn(
  { records }: Snapshot,
  { kept, manual, told }: OwnRecords,
): Pick<Batch, "put" | "delete"> {
  const stored = new Map(records.map((record) => [nameOf(senderOf(record)), record]));
  const bySender = new Map<string, Statement[]>();
  for (const statement of kept) {
    const name = nameOf(statement.sender);
    const others = bySender.get(name);
    if (others === undefined) bySender.set(name, [statement]);
    else others.push(statement);
  }
  const said = [...bySender].flatMap(([name, statements]) => {
    const [first] = statements;
    const value = encodeSaid(statements);
    if (first === undefined || isSame(stored.get(name)?.value, value)) return [];
    return [{ key: saidKey(first.sender), value }];
  });
  const gone = records.filter((record) => !bySender.has(nameOf(senderOf(record))));
  return {
    put: [
      ...said,
      ...manual.map((each) => ({ key: manualKey(each.key), value: encodeManual(each.manual) })),
      ...told.map((key) => ({ key: tellKey(key), value: encodeJson(key) })),
    ],
    delete: gone.map(({ key }) => key),
  };
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a?.length === b.length && a.every((byte, index) => byte === b[index]);
}
