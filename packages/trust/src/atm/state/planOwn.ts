import type { Batch } from "@omemo/core";
import { encodeJson } from "../../jsonRecord.js";
import { type ManualStep, nameOf, type Statement } from "../rules/statement.js";
import { tellKey } from "../telling/tellRecords.js";
import { encodeManual, manualKey, NEVER } from "./manualRecord.js";
import { encodeSaid, saidKey, senderOf } from "./saidRecord.js";
import type { Snapshot } from "./snapshot.js";

/** The records of this package alone: what was said, what a person decided, and what is to be told. */
export function planOwn(
  { records, subjects }: Snapshot,
  kept: readonly Statement[],
  steps: readonly ManualStep[],
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
  const manual = steps.map(({ subject, verdict, at }) => {
    const times = subjects.get(nameOf(subject))?.times ?? NEVER;
    return { key: manualKey(subject), value: encodeManual({ ...times, [verdict]: at }) };
  });
  const told = steps.filter(({ verdict }) => verdict !== "release");
  const gone = records.filter((record) => !bySender.has(nameOf(senderOf(record))));
  return {
    put: [
      ...said,
      ...manual,
      ...told.map(({ subject, at }) => ({ key: tellKey(subject), value: encodeJson(at) })),
    ],
    delete: gone.map(({ key }) => key),
  };
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a?.length === b.length && a.every((byte, index) => byte === b[index]);
}
