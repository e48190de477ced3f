import type { SessionHead, StoredRecord } from "@omemo/core";
import { type Conversation, open } from "./conversation.ts";
import { finish, sessionKey } from "./fanOutThrough.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { StorePlace } from "./storeKind.ts";

/** The messages of a long archive, each loaded, opened and made durable before the next. */
export async function prepareCatchUp(
  { backend, receiver }: Conversation,
  place: StorePlace,
  messages: readonly Uint8Array[],
): Promise<(watch: Stopwatch) => Promise<void>> {
  const { store } = place;
  const key = sessionKey("juliet@example.org");
  await store.commit({ check: [], put: [{ key, value: receiver }], delete: [] });
  return async (watch) => {
    for (const message of messages) {
      const [record] = await watch.time("read", () => store.get([key]));
      const { value, version } = record as StoredRecord;
      const opened = await watch.time("compute", () =>
        open(backend, value as SessionHead, message),
      );
      const { head } = opened.change;
      await watch.time("commit", () =>
        store.commit({ check: [{ key, version }], put: [{ key, value: head }], delete: [] }),
      );
      await finish(place, watch, [[key, head]]);
    }
  };
}
