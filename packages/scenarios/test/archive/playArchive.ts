import { type Archive, type ArchiveQuery, createArchive } from "@omemo/archive";
import {
  type ArchivableMessage,
  type BareJid,
  bareJid,
  deviceId,
  fingerprint,
  OMEMO_2,
  type OmemoStore,
} from "@omemo/core";
import { expect } from "vitest";

export const ROMEO: BareJid = bareJid("romeo@example.net");
const NURSE = bareJid("nurse@example.org");
const HOUR = 3_600_000;
const START = Date.parse("2026-11-19T20:00:00Z");
const COUNT = 36;

/** Message by message, every five hours, every third one with the nurse. */
function message(index: number): ArchivableMessage {
  const conversation = index % 3 === 0 ? NURSE : ROMEO;
  const body = `Wherefore, for the ${index}th time?`;
  return {
    id: `m${String(index).padStart(3, "0")}`,
    handledAt: START + index * 5 * HOUR,
    from: conversation,
    conversation,
    direction: "received",
    origin: "live",
    stanzaId: `s${index}`,
    originId: `o${index}`,
    archiveId: undefined,
    sentAt: undefined,
    versions: [OMEMO_2],
    device: { jid: conversation, deviceId: deviceId(77) },
    fingerprint: fingerprint("0f".repeat(32)),
    trust: "trusted",
    body,
    content: [{ name: "body", attrs: { xmlns: "jabber:client" }, children: [body] }],
    unprotected: [],
    warnings: [],
  };
}

/** Archives all messages, each in a commit with something else, and not in their order. */
export async function fillArchive(store: OmemoStore): Promise<void> {
  const archive = createArchive(store);
  for (let index = 0; index < COUNT; index += 1) {
    const place = (index * 7) % COUNT;
    const beside = { key: ["session", `${place}`], value: Uint8Array.of(place) } as const;
    const put = [beside, ...archive.recordsOf(message(place))];
    await store.commit({ check: [], put, delete: [] });
  }
}

async function idsOf(archive: Archive, query: ArchiveQuery): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let each: ArchiveQuery | undefined = query; each !== undefined; ) {
    const { items, next } = await archive.query(each);
    ids.push(...items.map((item) => (item.kind === "entry" ? item.entry.id : item.kind)));
    each = next;
  }
  return ids;
}

/** Fills an empty store, opens it again, and does all that an archive can. */
export async function playArchive(open: () => Promise<OmemoStore>): Promise<void> {
  const first = await open();
  await fillArchive(first);
  await first.close();
  const store = await open();
  const archive = createArchive(store, { clock: { now: () => START + COUNT * 5 * HOUR } });
  const all = Array.from({ length: COUNT }, (_, index) => message(index));
  const wanted = all.filter(({ conversation }) => conversation === ROMEO).map(({ id }) => id);
  const query = { conversation: ROMEO, limit: 5 };
  expect(await idsOf(archive, { ...query, order: "oldest-first" })).toEqual(wanted);
  expect(await idsOf(archive, query)).toEqual([...wanted].reverse());
  const before = START + 20 * HOUR;
  expect(await idsOf(archive, { ...query, before })).toEqual(["m002", "m001"]);
  const one = { ...message(8), time: START + 40 * HOUR };
  expect([await archive.get("m008"), await archive.find(ROMEO, "o8")]).toEqual([one, [one]]);
  expect(await archive.delete("m008")).toBe(true);
  expect([await archive.get("m008"), await archive.find(ROMEO, "s8")]).toEqual([undefined, []]);
  expect(await archive.deleteConversation(NURSE)).toBe(COUNT / 3);
  expect(await archive.conversations()).toEqual([ROMEO]);
  const maxAge = 30 * 5 * HOUR;
  expect(await archive.applyRetention({ maxAge, maxEntries: 4 })).toBe(wanted.length - 1 - 4);
  expect(await idsOf(archive, query)).toEqual(wanted.slice(-4).reverse());
  const sessions: unknown[] = [];
  for await (const { key } of store.list(["session"])) sessions.push(key);
  expect(sessions).toHaveLength(COUNT);
  await store.close();
}
