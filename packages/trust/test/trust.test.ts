import {
  type Batch,
  bareJid,
  deviceId,
  fingerprint,
  memoryStore,
  OmemoError,
  type OmemoIdentity,
  type OmemoStore,
  type TrustState,
} from "@omemo/core";
import { blindTrust, manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";

const identity = (jid: string, id: number, digit: string): OmemoIdentity => ({
  jid: bareJid(jid),
  deviceId: deviceId(id),
  fingerprint: fingerprint(digit.repeat(64)),
});

const romeo = identity("romeo@example.net", 1, "a");
const romeosNewKey = identity("romeo@example.net", 1, "b");
const juliet = identity("juliet@example.org", 1, "a");

/** A store that counts what is asked of it, and may be told to fail. */
function watched(): {
  readonly store: OmemoStore;
  readonly calls: string[];
  beforeCommit: (batch: Batch) => Promise<void>;
} {
  const inner = memoryStore();
  const calls: string[] = [];
  const watch = {
    calls,
    beforeCommit: (_batch: Batch): Promise<void> => Promise.resolve(),
    store: {
      ...inner,
      get: (keys: Parameters<OmemoStore["get"]>[0]) => {
        calls.push(`get ${keys.length}`);
        return inner.get(keys);
      },
      commit: async (batch: Batch) => {
        calls.push("commit");
        await watch.beforeCommit(batch);
        return await inner.commit(batch);
      },
    },
  };
  return watch;
}

for (const [name, policy, byDefault] of [
  ["manualTrust", manualTrust, "undecided"],
  ["blindTrust", blindTrust, "trusted"],
] as const) {
  describe(name, () => {
    it(`takes every key for ${byDefault} until one is set, key by key, in the order asked [O2-105]`, async () => {
      const trust = policy(memoryStore());
      await trust.setTrust(romeo, "untrusted");
      await trust.setTrust(juliet, "trusted");
      expect(await trust.getTrust([romeosNewKey, juliet, romeo, romeo])).toEqual([
        byDefault,
        "trusted",
        "untrusted",
        "untrusted",
      ]);
      expect(await trust.getTrust([])).toEqual([]);
    });

    it("binds a decision to account and key, not to the device that shows it [O2-109]", async () => {
      const trust = policy(memoryStore());
      await trust.setTrust(romeo, "untrusted");
      const sameKeyElsewhere = { ...romeo, deviceId: deviceId(2) };
      expect(await trust.getTrust([sameKeyElsewhere, romeosNewKey, juliet])).toEqual([
        "untrusted",
        byDefault,
        byDefault,
      ]);
    });

    it("remembers decisions, and the last of them counts", async () => {
      const store = memoryStore();
      for (const state of ["trusted", "untrusted", "trusted", "untrusted"] as const) {
        await policy(store).setTrust(romeo, state);
        expect(await policy(store.reopen()).getTrust([romeo])).toEqual([state]);
      }
      await policy(store).setTrust(romeo, "undecided");
      expect(await policy(store).getTrust([romeo])).toEqual([byDefault]);
    });

    it("asks the store once, whatever the number of keys", async () => {
      const { store, calls } = watched();
      await policy(store).getTrust([romeo, juliet, romeosNewKey]);
      expect(calls).toEqual(["get 3"]);
    });

    it("decides again when another process decided in between", async () => {
      const watch = watched();
      const others: TrustState[] = ["trusted", "undecided", "trusted"];
      watch.beforeCommit = async () => {
        const other = others.pop();
        if (other !== undefined) await manualTrust(watch.store).setTrust(romeo, other);
      };
      await policy(watch.store).setTrust(romeo, "untrusted");
      expect(others).toEqual([]);
      expect(await policy(watch.store).getTrust([romeo])).toEqual(["untrusted"]);
    });

    it("gives up with the identity in the error when there is no end to conflicts", async () => {
      const watch = watched();
      watch.beforeCommit = async () => {
        throw new OmemoError("store-conflict", "again");
      };
      await expect(policy(watch.store).setTrust(romeo, "trusted")).rejects.toMatchObject({
        code: "store-conflict",
        identities: [romeo],
      });
      expect(watch.calls.filter((call) => call === "commit").length).toBeLessThan(200);
    });

    it("passes on a failure of the store at once", async () => {
      const watch = watched();
      watch.beforeCommit = async () => {
        throw new OmemoError("store-failure", "broken");
      };
      const failure = { code: "store-failure" };
      await expect(policy(watch.store).setTrust(romeo, "trusted")).rejects.toMatchObject(failure);
      expect(watch.calls.filter((call) => call === "commit")).toHaveLength(1);
      await watch.store.close();
      await expect(policy(watch.store).getTrust([romeo])).rejects.toMatchObject(failure);
    });

    it("takes a decision that it cannot read for a failure, and does not overwrite it", async () => {
      for (const bytes of [[], [1], [2, 2], [1, 3], [1, 2, 0]]) {
        const store = memoryStore();
        const key = ["trust", romeo.jid, romeo.fingerprint] as const;
        await store.commit({
          check: [],
          put: [{ key, value: Uint8Array.from(bytes) }],
          delete: [],
        });
        const trust = policy(store);
        const failure = { code: "store-failure" };
        await expect(trust.getTrust([juliet, romeo])).rejects.toMatchObject(failure);
        await expect(trust.setTrust(romeo, "trusted")).rejects.toMatchObject(failure);
        expect((await store.get([key]))[0]?.value).toEqual(Uint8Array.from(bytes));
      }
    });

    it("refuses what is no trust state", async () => {
      const trust = policy(memoryStore());
      await expect(trust.setTrust(romeo, "verified" as TrustState)).rejects.toMatchObject({
        code: "invalid-input",
      });
    });
  });
}

it("keeps decisions when an application changes from one policy to the other", async () => {
  const store = memoryStore();
  await manualTrust(store).setTrust(romeo, "untrusted");
  expect(await blindTrust(store).getTrust([romeo, juliet])).toEqual(["untrusted", "trusted"]);
  expect(await manualTrust(store).getTrust([romeo, juliet])).toEqual(["untrusted", "undecided"]);
});
