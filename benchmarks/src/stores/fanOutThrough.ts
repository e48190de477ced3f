import { LEGACY, type RecordKey, type SessionHead, type StoredRecord } from "@omemo/core";
import { PLAINTEXT } from "../workloads/workload.ts";
import type { Conversation } from "./conversation.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Row, StorePlace } from "./storeKind.ts";

/** A message to so many devices: all sessions are loaded, advanced and durable in one commit. */
export async function prepareFanOut(
  { backend, sender }: Conversation,
  place: StorePlace,
  devices: number,
): Promise<(watch: Stopwatch) => Promise<void>> {
  const { store } = place;
  const keys = Array.from({ length: devices }, (_, index) =>
    sessionKey(`romeo${index}@example.net`),
  );
  await store.commit({
    check: [],
    put: keys.map((key) => ({ key, value: sender })),
    delete: [],
  });
  return async (watch) => {
    const records = await watch.time("read", () => store.get(keys));
    const seen = records as readonly StoredRecord[];
    const sealed = await watch.time("compute", () =>
      backend.encryptFor(
        seen.map(({ value }) => ({ version: LEGACY, head: value as SessionHead, parts: [] })),
        PLAINTEXT,
      ),
    );
    const heads = sealed.map(({ change }) => change.head);
    const put = keys.map((key, index) => ({ key, value: heads[index] as SessionHead }));
    await watch.time("commit", () =>
      store.commit({
        // Under the very same keys as what is written: so does the plan of a message.
        check: seen.map(({ version }, index) => ({ key: keys[index] as RecordKey, version })),
        put,
        delete: [],
      }),
    );
    await finish(
      place,
      watch,
      put.map(({ key, value }) => [key, value]),
    );
  };
}

/** Lets the store end what it has put off, and then does the least with the same rows. */
export async function finish(
  { settle, floor }: StorePlace,
  watch: Stopwatch,
  rows: readonly Row[],
): Promise<void> {
  if (settle !== undefined) await watch.time("upkeep", settle);
  if (floor !== undefined) await watch.time("floor", floor(rows));
}

/** As `@omemo/core` names the session with one device. */
export function sessionKey(jid: string): RecordKey {
  return ["session", LEGACY, jid, "11", "a5".repeat(32)];
}
