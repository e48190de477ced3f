import { LEGACY, type RecordKey, type SessionHead, type StoredRecord } from "@omemo/core";
import { PLAINTEXT } from "../workloads/workload.ts";
import type { Conversation } from "./conversation.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { StorePlace } from "./storeKind.ts";

/** A message to so many devices: all sessions are loaded, advanced and durable in one commit. */
export async function prepareFanOut(
  { backend, sender }: Conversation,
  { store, floor }: StorePlace,
  devices: number,
): Promise<(watch: Stopwatch) => Promise<void>> {
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
    await watch.time("commit", () =>
      store.commit({
        check: seen.map(({ key, version }) => ({ key, version })),
        put: keys.map((key, index) => ({ key, value: heads[index] as SessionHead })),
        delete: [],
      }),
    );
    const rows = keys.map((key, index) => [key.join("/"), heads[index] as SessionHead] as const);
    if (floor !== undefined) await watch.time("floor", () => floor(rows));
  };
}

/** As `@omemo/core` names the session with one device. */
export function sessionKey(jid: string): RecordKey {
  return ["session", LEGACY, jid, "11", "a5".repeat(32)];
}
