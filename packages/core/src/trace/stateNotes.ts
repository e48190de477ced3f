import type { OmemoDevice } from "../domain/device.js";
import type { OmemoPorts } from "../manager/context.js";
import type { OmemoManager } from "../manager/OmemoManager.js";
import type { OmemoStore, StoredRecord } from "../ports/store.js";
import type { LineKind } from "./lineRules.js";

/** What a trace looks at when it is written. */
export interface TracedPorts extends Pick<OmemoPorts, "backend" | "store"> {
  readonly manager: Pick<OmemoManager, "getTrust">;
}

/** Where a description of the state is written down. */
export interface StateNotes {
  add(kind: LineKind, about: Readonly<Record<string, unknown>>): void;
  /** What fails in `work` becomes a line; the rest goes on. */
  attempt(what: string, work: () => Promise<void>): Promise<void>;
}

/** Records of one collection that a trace tells of; a gateway may have millions. */
const MAX_RECORDS = 500;

/** Describes the records of a collection, up to a bound. */
export function listed(
  store: OmemoStore,
  notes: StateNotes,
  collection: string,
  describe: (record: StoredRecord) => void,
): Promise<void> {
  return notes.attempt(collection, async () => {
    let number = 0;
    for await (const record of store.list([collection])) {
      number += 1;
      if (number > MAX_RECORDS) return notes.add("more", { what: collection });
      await notes.attempt(collection, async () => describe(record));
    }
  });
}

/** A device as a record key names it. */
export function deviceNamed(jid: string | undefined, id: string | undefined): OmemoDevice {
  return { jid, deviceId: Number(id) } as OmemoDevice;
}
