import { isOmemoError, type MemoryStore, memoryStore, type OmemoStore } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { type Archive, createArchive } from "../src/index.js";
import { DAY, JULIET, keep, NOON, NURSE, ROMEO, said } from "./messages.js";

function begin(): { readonly store: MemoryStore; readonly archive: Archive } {
  const store = memoryStore();
  return { store, archive: createArchive(store, { clock: { now: () => NOON + 10 * DAY } }) };
}

async function recordsIn(store: OmemoStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const collection of ["entry", "order", "day", "conversation", "id"]) {
    for await (const { key } of store.list([`archive-${collection}`])) keys.push(key.join(" "));
  }
  return keys;
}

async function textsOf(archive: Archive): Promise<readonly (string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for await (const item of archive.export()) {
    texts.push(item.kind === "entry" ? item.entry.body : item.kind);
  }
  return texts.sort();
}

describe("deletion", () => {
  it("takes one message away with all that leads to it, and no other", async () => {
    const { store, archive } = begin();
    const doomed = said("doomed", { originId: "o", stanzaId: "s" });
    await keep(store, archive, doomed);
    const alone = await recordsIn(store);
    await keep(store, archive, said("next to it"));
    expect(await archive.delete(doomed.id)).toBe(true);
    expect(await archive.delete(doomed.id)).toBe(false);
    expect(await textsOf(archive)).toEqual(["next to it"]);
    expect((await recordsIn(store)).filter((key) => key.includes(doomed.id))).toEqual([]);
    expect(alone).toHaveLength(6);
  });

  it("of a conversation leaves nothing of it, and the others as they are", async () => {
    const { store, archive } = begin();
    await keep(store, archive, said("stays", { conversation: NURSE, originId: "n" }));
    const before = await recordsIn(store);
    for (let index = 0; index < 250; index += 1) {
      await keep(
        store,
        archive,
        said("goes", { sentAt: NOON + index * 1e6, originId: `${index}` }),
      );
    }
    expect(await archive.deleteConversation(ROMEO)).toBe(250);
    expect(await recordsIn(store)).toEqual(before);
    expect(await archive.conversations()).toEqual([NURSE]);
    expect(await archive.deleteConversation(ROMEO)).toBe(0);
  });

  it("of what is older than a moment goes through all conversations, or one", async () => {
    const { store, archive } = begin();
    for (const conversation of [ROMEO, NURSE]) {
      const day = (days: number) => ({ conversation, sentAt: NOON + days * DAY });
      await keep(store, archive, said("old", day(0)), said("edge", day(1)), said("new", day(2)));
    }
    expect(await archive.deleteBefore(NOON + DAY, NURSE)).toBe(1);
    expect(await archive.deleteBefore(NOON + DAY)).toBe(1);
    expect(await textsOf(archive)).toEqual(["edge", "edge", "new", "new"]);
    expect((await recordsIn(store)).filter((key) => key.includes("2026-11-21"))).toEqual([]);
  });

  it("by retention keeps what is young enough, and of that the newest", async () => {
    const { store, archive } = begin();
    for (let days = 0; days < 10; days += 1) {
      const sentAt = NOON + days * DAY;
      await keep(
        store,
        archive,
        said(`${days}`, { sentAt }),
        said(`${days}`, { sentAt: sentAt + 1 }),
      );
    }
    expect(await archive.applyRetention({})).toBe(0);
    expect(await archive.applyRetention({ maxAge: 5 * DAY, maxEntries: 100 })).toBe(10);
    expect(await archive.applyRetention({ maxEntries: 3 })).toBe(7);
    expect(await textsOf(archive)).toEqual(["8", "9", "9"]);
    for (const retention of [{ maxAge: -1 }, { maxEntries: Number.NaN }]) {
      const refusal = await archive.applyRetention(retention).catch((error: unknown) => error);
      expect(isOmemoError(refusal) && refusal.code).toBe("invalid-input");
    }
    expect(await archive.applyRetention({ maxEntries: 0 })).toBe(3);
    expect(await recordsIn(store)).toEqual([]);
  });

  it("by retraction is for who said it, from a key that is trusted as much [MSG-01]", async () => {
    const { store, archive } = begin();
    const original = said("regret", { originId: "o" });
    await keep(store, archive, original);
    const retraction = { from: ROMEO, conversation: ROMEO, trust: "trusted" } as const;
    expect(await archive.retract({ ...retraction, from: JULIET }, "o")).toEqual([]);
    expect(await archive.retract({ ...retraction, trust: "undecided" }, "o")).toEqual([]);
    expect(await archive.retract({ ...retraction, conversation: NURSE }, "o")).toEqual([]);
    expect(await archive.retract(retraction, "o")).toEqual([original.id]);
    expect(await recordsIn(store)).toEqual([]);
  });
});

describe("several processes", () => {
  it("lose nothing that arrives while the last entry of its day is deleted", async () => {
    const { store, archive } = begin();
    const last = said("last");
    await keep(store, archive, last);
    const arrivals = [said("just now"), said("again")];
    const slow = createArchive({
      ...store,
      commit: async (batch) => {
        // The other process writes between what this one saw and what it does about it.
        const [arrived] = batch.check.length > 0 ? arrivals.splice(0, 1) : [];
        if (arrived !== undefined) await keep(store.reopen(), archive, arrived);
        return store.commit(batch);
      },
    });
    expect(await slow.delete(last.id)).toBe(true);
    expect(await textsOf(archive)).toEqual(["just now"]);
    expect(await archive.conversations()).toEqual([ROMEO]);
    expect(arrivals).toHaveLength(1);
  });

  it("may delete the same at once, and learn of what is being deleted", async () => {
    const { store, archive } = begin();
    const other = createArchive(store.reopen());
    const ours = said("ours", { direction: "sent", originId: "o" });
    await keep(store, archive, ours, said("theirs"));
    const learns = createArchive({
      ...store,
      commit: async (batch) => {
        await other.delete(ours.id);
        return store.commit(batch);
      },
    });
    expect(await learns.learn({ ...ours, archiveId: "a" })).toBe(false);
    expect(await textsOf(archive)).toEqual(["theirs"]);
    await Promise.all([archive.deleteConversation(ROMEO), other.deleteConversation(ROMEO)]);
    expect(await recordsIn(store)).toEqual([]);
  });

  it("write without asking, so that none waits for another", () => {
    const { archive } = begin();
    const keys = (body: string) => archive.recordsOf(said(body)).map(({ key }) => key.join(" "));
    const shared = keys("one").filter((key) => keys("two").includes(key));
    expect(shared.sort()).toEqual([
      "archive-conversation romeo@example.net",
      "archive-day romeo@example.net 2026-11-21",
    ]);
  });
});
