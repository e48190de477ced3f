import type { RecordKey, RecordPut, StoredRecord } from "../../ports/store.js";
import {
  type KeptNews,
  leftNews,
  type News,
  newsCodec,
  newsPrefix,
} from "../../session/records/newsRecord.js";
import type { Context } from "../context.js";

/** Tells what must not be lost: kept from the commit that caused it until the listeners took it. */
export interface NewsDesk {
  /** The record that outlasts a crash, for that commit; none where nobody listens. */
  record(key: RecordKey, news: News): readonly RecordPut[];
  /** After that commit. What `beside` gives is written when the record goes. */
  tell(keys: readonly RecordKey[], news: News, beside?: () => readonly RecordPut[]): void;
  /** Finds what an earlier run left, and tells it as far as somebody listens now. */
  load(): Promise<readonly News[]>;
  /** There is one more listener. */
  retry(): void;
  /** Resolves when all listeners took what they were told. */
  idle(): Promise<void>;
  /** Resolves when what was taken is struck off, whatever listeners still do. */
  written(): Promise<void>;
}

const nothing = (): readonly RecordPut[] => [];

export function createNewsDesk({ store, events }: Pick<Context, "store" | "events">): NewsDesk {
  const underWay = new Set<Promise<void>>();
  let left: readonly KeptNews[] = [];
  let taken: readonly (KeptNews & { readonly beside: () => readonly RecordPut[] })[] = [];
  let writing: Promise<void> = Promise.resolve();

  const strikeOff = async (): Promise<void> => {
    const due = taken;
    taken = [];
    if (due.length === 0) return; // an earlier call took it along
    const put = new Map(due.flatMap(({ beside }) => beside()).map((each) => [each.key[0], each]));
    await store.commit({
      check: [],
      put: [...put.values()],
      delete: due.flatMap(({ keys }) => keys),
    });
  };
  const hand = async (kept: KeptNews, beside: () => readonly RecordPut[]): Promise<void> => {
    try {
      await events.emit(kept.news.event, kept.news.payload);
      taken = [...taken, { ...kept, beside }];
      const written = writing.then(strikeOff);
      writing = written.catch(() => undefined);
      await written;
    } catch (error) {
      // It stays in the store, and comes again at the next start.
      events.notify("problem", { what: "deliver", error, willRetry: true });
    }
  };
  const tell: NewsDesk["tell"] = (keys, news, beside = nothing) => {
    if (!events.has(news.event)) return events.notify(news.event, news.payload); // to observers
    const handed = hand({ keys, news }, beside).finally(() => underWay.delete(handed));
    underWay.add(handed);
  };
  const retry = (): void => {
    const due = left.filter(({ news }) => events.has(news.event));
    left = left.filter((each) => !due.includes(each));
    for (const { keys, news } of due) tell(keys, again(news));
  };
  return {
    record: (key, news) => {
      return events.has(news.event) ? [{ key, value: newsCodec.encode(news) }] : [];
    },
    tell,
    load: async () => {
      const records: StoredRecord[] = [];
      for await (const record of store.list(newsPrefix)) records.push(record);
      left = leftNews(records);
      const found = left.map(({ news }) => news);
      retry();
      return found;
    },
    retry,
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    written: () => writing,
  };
}

function again(news: News): News {
  switch (news.event) {
    case "failure":
      return { event: "failure", payload: { ...news.payload, isRedelivery: true } };
    case "identity":
      return { event: "identity", payload: { ...news.payload, isRedelivery: true } };
    case "control":
      return { event: "control", payload: { ...news.payload, isRedelivery: true } };
  }
}
