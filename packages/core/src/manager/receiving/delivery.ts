import { fromInbox, type InboxRecord, inboxCodec } from "../../session/records/inboxRecord.js";
import { inboxKey, inboxPrefix } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import { type ContentHandlers, createContentHandlers } from "./contentHandlers.js";

/** Hands decrypted messages to the application, one after another, and forgets them when it took them. */
export interface Delivery {
  /** Finds what an earlier run could not deliver. */
  load(): Promise<void>;
  add(record: InboxRecord): void;
  /** Delivers everything that was kept for want of a listener or handler. */
  retry(): void;
  /** For messages that no listener is to hear. */
  readonly handlers: ContentHandlers;
  isFull(): boolean;
  idle(): Promise<void>;
}

export function createDelivery(context: Context): Delivery {
  let waiting = 0;
  let kept: readonly { record: InboxRecord; isRedelivery: boolean }[] = [];
  let last: Promise<void> = Promise.resolve();
  const handlers = createContentHandlers();

  const deliver = async (record: InboxRecord, isRedelivery: boolean): Promise<void> => {
    if (context.lifetime.isOver) return;
    const handler = handlers.find(record.content);
    if (handler === undefined && !context.events.has("message")) {
      kept = [...kept, { record, isRedelivery }];
      return;
    }
    if (isRedelivery && !(await isWaiting(context, record))) {
      waiting -= 1; // another process on our store received it, and handed it over
      return;
    }
    if (handler === undefined) {
      const { conversation, version, direction, trust } = record;
      const told = { conversation, version, direction, trust };
      context.events.notify("encrypted-conversation", told);
    }
    try {
      const message = fromInbox(record, isRedelivery);
      await (handler === undefined ? context.events.emit("message", message) : handler(message));
    } catch (error) {
      // It stays in the store, and comes again at the next start.
      context.events.notify("problem", { what: "deliver", error, willRetry: true });
      return;
    }
    await context.store.commit({ check: [], put: [], delete: [inboxKey(record.id)] });
    waiting -= 1;
  };
  const schedule = (record: InboxRecord, isRedelivery: boolean): void => {
    last = last
      .then(() => deliver(record, isRedelivery))
      .catch((error: unknown) => {
        context.events.notify("problem", { what: "deliver", error, willRetry: true });
      });
  };
  return {
    handlers,
    load: async () => {
      const records: InboxRecord[] = [];
      for await (const stored of context.store.list(inboxPrefix)) {
        records.push(inboxCodec.decode(stored));
      }
      waiting += records.length;
      records.sort((a, b) => (a.id < b.id ? -1 : 1));
      for (const record of records) schedule(record, true);
    },
    add: (record) => {
      waiting += 1;
      schedule(record, false);
    },
    retry: () => {
      const again = kept;
      kept = [];
      for (const { record, isRedelivery } of again) schedule(record, isRedelivery);
    },
    isFull: () => waiting >= context.limits.maxInbox,
    idle: async () => {
      await last;
    },
  };
}

async function isWaiting({ store }: Context, { id }: InboxRecord): Promise<boolean> {
  const [stored] = await store.get([inboxKey(id)]);
  return stored !== undefined;
}
