import { type BareJid, isOmemoError, memoryStore, type OmemoStore } from "@omemo/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ARCHIVE_COLLECTIONS,
  type Archive,
  type ArchiveItem,
  type ArchiveQuery,
  createArchive,
} from "../src/index.js";
import { DAY, keep, NOON, NURSE, ROMEO, said } from "./messages.js";

const HOUR = 3_600_000;

function texts(items: readonly ArchiveItem[]): readonly (string | undefined)[] {
  return items.map((item) => (item.kind === "entry" ? item.entry.body : item.kind));
}

/** All pages of a query. */
async function everything(archive: Archive, query: ArchiveQuery): Promise<readonly ArchiveItem[]> {
  const items: ArchiveItem[] = [];
  for (let each: ArchiveQuery | undefined = query; each !== undefined; ) {
    const page = await archive.query(each);
    expect(page.items.length).toBeLessThanOrEqual(query.limit ?? 50);
    items.push(...page.items);
    each = page.next;
  }
  return items;
}

const moment = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((hours) => NOON + hours * 5 * HOUR),
  fc.integer({ min: NOON, max: NOON + 1000 }),
  fc.integer({ min: 0, max: 253_402_300_799_999 }),
);
const history = fc.array(fc.record({ at: moment, conversation: fc.constantFrom(ROMEO, NURSE) }), {
  maxLength: 40,
});

/** What is in a store with these messages, each said at its moment. */
async function archiveOf(
  messages: readonly { readonly at: number; readonly conversation: BareJid }[],
): Promise<{ readonly archive: Archive; readonly store: OmemoStore }> {
  const store = memoryStore();
  const archive = createArchive(store);
  for (const [index, { at, conversation }] of messages.entries()) {
    const handledAt = at + (index % 2) * DAY; // every other one was read from an archive later
    await keep(store, archive, said(`${index}`, { sentAt: at, handledAt, conversation }));
  }
  return { archive, store };
}

describe("a query", () => {
  it("pages through exactly the messages between two moments, in either order", async () => {
    const bounds = fc.record(
      { before: moment, after: moment, limit: fc.integer({ min: 1, max: 20 }) },
      { requiredKeys: ["limit"] },
    );
    await fc.assert(
      fc.asyncProperty(history, bounds, async (messages, { limit, ...range }) => {
        const { archive } = await archiveOf(messages);
        const { before = Number.POSITIVE_INFINITY, after = -1 } = range;
        const wanted = messages
          .map(({ at, conversation }, index) => ({ at, conversation, text: `${index}` }))
          .filter(({ at, conversation }) => conversation === ROMEO && at > after && at < before)
          .sort((a, b) => a.at - b.at)
          .map(({ text }) => text);
        const query = { conversation: ROMEO, limit, ...range };
        const oldestFirst = await everything(archive, { ...query, order: "oldest-first" });
        expect(texts(oldestFirst)).toEqual(wanted);
        expect(texts(await everything(archive, query))).toEqual(wanted.reverse());
      }),
      { numRuns: 60 },
    );
  });

  it("reads a busy day by hours, and a quiet year without asking for each of its days", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    const busy = Array.from({ length: 1200 }, (_, index) => {
      return said(`busy ${index}`, { sentAt: NOON + index * 30_000 });
    });
    const quiet = Array.from({ length: 40 }, (_, index) => {
      return said(`quiet ${index}`, { sentAt: NOON - (40 - index) * 3 * DAY });
    });
    const put = [...quiet, ...busy].flatMap((message) => archive.recordsOf(message));
    const once = new Map(put.map((record) => [JSON.stringify(record.key), record]));
    await store.commit({ check: [], put: [...once.values()], delete: [] });
    const all = [...quiet, ...busy].map(({ body }) => body);
    const query = { conversation: ROMEO, limit: 300 } as const;
    expect(texts(await everything(archive, query))).toEqual([...all].reverse());
    const rising = await everything(archive, { ...query, order: "oldest-first" });
    expect(texts(rising)).toEqual(all);
    let lists = 0;
    const counted = createArchive({
      ...store,
      list: (prefix) => {
        lists += 1;
        return store.list(prefix);
      },
    });
    await counted.query({ conversation: ROMEO, limit: 30 });
    expect(lists).toBeLessThan(10);
  });

  it("keeps messages of one moment in the order of their arrival, and shows none twice when more arrive", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    await keep(store, archive, said("one"), said("two"), said("three"));
    const first = await archive.query({ conversation: ROMEO, limit: 2 });
    await keep(store, archive, said("four"));
    const second = await archive.query(first.next ?? { conversation: ROMEO });
    expect([...texts(first.items), ...texts(second.items)]).toEqual(["three", "two", "one"]);
    expect(second.next).toBeUndefined();
    const [last] = first.items;
    const after = await archive.query({ conversation: ROMEO, after: last?.position ?? "" });
    expect(texts(after.items)).toEqual(["four"]);
  });

  it("orders by when something was sent, but by nothing later than when we read it", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    await keep(
      store,
      archive,
      said("from the far future", { sentAt: NOON + 9 * DAY, handledAt: NOON }),
      said("from before all time", { sentAt: -1, handledAt: NOON }),
      said("from no time at all", { sentAt: Number.NaN, handledAt: NOON }),
      said("now", { handledAt: NOON + 1 }),
    );
    const { items } = await archive.query({ conversation: ROMEO });
    expect(texts(items)).toEqual([
      "now",
      "from no time at all",
      "from the far future",
      "from before all time",
    ]);
    expect(items.map((item) => item.kind === "entry" && item.entry.time)).toEqual([
      NOON + 1,
      NOON,
      NOON,
      0,
    ]);
  });

  it("refuses what is no address, moment, position or size of a page", async () => {
    const archive = createArchive(memoryStore());
    for (const query of [
      { conversation: "" },
      { conversation: ROMEO, before: "yesterday" },
      { conversation: ROMEO, after: Number.NaN },
      { conversation: ROMEO, limit: 0 },
      { conversation: ROMEO, limit: 1001 },
    ]) {
      const refusal = await archive.query(query).catch((error: unknown) => error);
      expect(isOmemoError(refusal) && refusal.code).toBe("invalid-input");
    }
    expect(await archive.query({ conversation: ROMEO })).toEqual({ items: [] });
  });

  it("shows an entry that is damaged in its place, between the others", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    const messages = [said("before"), said("broken"), said("after")] as const;
    await keep(store, archive, ...messages);
    const [, broken] = messages;
    const key = ["archive-entry", broken.id] as const;
    await store.commit({ check: [], put: [{ key, value: Uint8Array.of(1) }], delete: [] });
    const { items } = await archive.query({ conversation: ROMEO });
    expect(texts(items)).toEqual(["after", "unreadable", "before"]);
    expect(items[1]).toMatchObject({ id: broken.id, time: NOON, error: { code: "store-failure" } });
    const failure = await archive.get(broken.id).catch((error: unknown) => error);
    expect(isOmemoError(failure) && failure.code).toBe("store-failure");
    expect(await archive.find(ROMEO, "nothing")).toEqual([]);
    expect(await archive.delete(broken.id)).toBe(true);
    expect(texts((await archive.query({ conversation: ROMEO })).items)).toEqual([
      "after",
      "before",
    ]);
  });
});

describe("an entry", () => {
  it("has all that was known of the message, and is found by its id and by each id of its stanza", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    const message = said("Wherefore?", { originId: "o", stanzaId: "s", archiveId: "a", sentAt: 5 });
    await keep(store, archive, message, said("another", { originId: "p", conversation: NURSE }));
    const entry = { ...message, time: 5 };
    expect(await archive.get(message.id)).toEqual(entry);
    for (const id of ["o", "s", "a"]) expect(await archive.find(ROMEO, id)).toEqual([entry]);
    expect(await archive.find(NURSE, "o")).toEqual([]);
    expect(await archive.get("p")).toBeUndefined();
    expect([...(await archive.conversations())].sort()).toEqual([NURSE, ROMEO]);
  });

  it("is one of several where a client uses an id twice", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    await keep(store, archive, said("late", { originId: "o", sentAt: 9 }));
    await keep(store, archive, said("early", { originId: "x", stanzaId: "o", sentAt: 3 }));
    expect((await archive.find(ROMEO, "o")).map(({ body }) => body)).toEqual(["early", "late"]);
  });

  it("of ours learns the id that a room or an archive gave it", async () => {
    const store = memoryStore();
    const archive = createArchive(store);
    const ours = said("ours", { direction: "sent", originId: "o" });
    await keep(store, archive, ours, said("theirs", { originId: "o" }));
    const { body, content, versions, ...about } = ours;
    expect(await archive.learn({ ...about, archiveId: "a" })).toBe(true);
    expect(await archive.learn({ ...about, archiveId: "b" })).toBe(false);
    expect(await archive.learn(about)).toBe(false);
    const found = await archive.find(ROMEO, "a");
    expect(found).toMatchObject([{ body: "ours", archiveId: "a", originId: "o" }]);
    expect((await archive.query({ conversation: ROMEO })).items).toHaveLength(2);
  });

  it("is not made of chat states or trust messages alone, unless that is wanted", async () => {
    const store = memoryStore();
    const typing = { attrs: { xmlns: "http://jabber.org/protocol/chatstates" }, children: [] };
    const message = said("", { content: [{ name: "composing", ...typing }], body: undefined });
    expect(createArchive(store).recordsOf(message)).toEqual([]);
    expect(createArchive(store, { keeps: () => true }).recordsOf(message)).not.toEqual([]);
    expect(createArchive(store, { keeps: () => false }).recordsOf(said("x"))).toEqual([]);
  });

  it("has short keys in collections of the archive, whatever the addresses and ids", () => {
    const archive = createArchive(memoryStore());
    const conversation = `${"ы".repeat(900)}@${"x".repeat(900)}.example` as BareJid;
    const long = said("x", { conversation, originId: "o".repeat(1000), id: "0".repeat(40) });
    for (const { key } of archive.recordsOf(long)) {
      expect(JSON.stringify(key).length).toBeLessThan(255); // else SQL could not sort it
      expect(ARCHIVE_COLLECTIONS).toContain(key[0]);
    }
  });
});

it("an export has every item of every conversation once", async () => {
  const store = memoryStore();
  const archive = createArchive(store);
  const put = Array.from({ length: 700 }, (_, index) =>
    said(`${index}`, { sentAt: index * HOUR, conversation: index % 7 === 0 ? NURSE : ROMEO }),
  ).flatMap((message) => archive.recordsOf(message));
  const once = new Map(put.map((record) => [JSON.stringify(record.key), record]));
  await store.commit({ check: [], put: [...once.values()], delete: [] });
  const all: ArchiveItem[] = [];
  for await (const item of archive.export()) all.push(item);
  expect(new Set(texts(all)).size).toBe(700);
  const some: ArchiveItem[] = [];
  const range = { conversation: NURSE, before: 15 * HOUR };
  for await (const item of archive.export(range)) some.push(item);
  expect(texts(some)).toEqual(["0", "7", "14"]);
});
