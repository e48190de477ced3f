import { type Batch, bareJid, type GatherProgress, type OmemoStore } from "@omemo/core";
import { describe, expect, it } from "vitest";
import type { GuestOptions } from "../../src/network/party.js";
import { ROOM, rejection, roomScene, VERSIONS } from "../../src/network/roomScene.js";

const MEMBERS = Array.from({ length: 40 }, (_, index) => `member-${index}@example.org`);

/** Notes what is committed. */
function watched(batches: Batch[]): (store: OmemoStore) => OmemoStore {
  return (store) => ({
    ...store,
    commit: (batch) => {
      batches.push(batch);
      return store.commit(batch);
    },
  });
}

describe.each(VERSIONS)("what is fetched for a large room in %s", (_, version) => {
  const scene = async (batches: Batch[] = []) => {
    const options: GuestOptions = {
      versions: [version],
      limits: { parallelFetches: 4 },
      wrapStore: watched(batches),
    };
    const affiliations = Object.fromEntries(MEMBERS.map((jid) => [jid, "member" as const]));
    const all = await roomScene(options, {}, affiliations);
    for (const jid of MEMBERS) all.at.world.network.account(bareJid(jid));
    return all;
  };

  it("is kept in few commits, and told as it comes [O2-153]", async () => {
    const batches: Batch[] = [];
    const { at, alice } = await scene(batches);
    batches.length = 0;
    const told: GatherProgress[] = [];
    const sending = alice.manager.sendRoomMessage(ROOM, "hello", {
      onProgress: (progress) => told.push(progress),
    });
    const sent = await at.world.complete(sending);
    expect(sent.unreachedMembers).toHaveLength(MEMBERS.length);
    const lists = batches.filter(({ put }) => put.some(({ key }) => key[0] === "device-list"));
    expect(lists.length).toBeLessThanOrEqual(2);
    const fetched = told.filter(({ step }) => step === "device-lists");
    expect(fetched.map(({ done }) => done)).toEqual(fetched.map((__, index) => index + 1));
    expect(fetched.at(-1)?.done).toBe(fetched.at(-1)?.total);
    expect(fetched.length).toBeGreaterThanOrEqual(MEMBERS.length);
    expect(told.at(-1)).toMatchObject({ step: "bundles" });
  });

  it("is given up at once, and nothing is sent, when the caller aborts", async () => {
    const { at, alice, bob } = await scene();
    const over = new AbortController();
    let done = 0;
    const sending = alice.manager.sendRoomMessage(ROOM, "never", {
      signal: over.signal,
      onProgress: (progress) => {
        done = progress.done;
        if (progress.done === 10) over.abort();
      },
    });
    expect(await at.world.complete(rejection(sending))).toMatchObject({ code: "aborted" });
    await at.settle();
    expect(done).toBeLessThan(15);
    expect(bob.texts).toEqual([]);
  });
});
