import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportBackup, openBackup, restoreBackup } from "../../src/backup/index.js";
import {
  isOmemoError,
  memoryStore,
  type OmemoStore,
  type RecordKey,
  toHex,
  toUtf8,
  type WebCrypto,
} from "../../src/index.js";
import { encodeAccount } from "../../src/session/records/accountRecord.js";
import { keyIdsCodec } from "../../src/session/records/preKeyRecord.js";
import { identity } from "../session/fixtures.js";

const PASSPHRASE = "correct horse";
const COST = 14;
const { jid, deviceId } = identity("alice@example.org", 7);

/** Counts where the platform draws. */
const countingCrypto: WebCrypto = {
  subtle: globalThis.crypto.subtle,
  getRandomValues: (target) => {
    for (let index = 0; index < target.length; index += 1) target[index] = index;
    return target;
  },
};

async function filledStore(more: readonly RecordKey[] = []): Promise<OmemoStore> {
  const store = memoryStore();
  const keys = { privateKey: new Uint8Array(32).fill(1), publicKey: new Uint8Array(32).fill(2) };
  const account = encodeAccount({ jid, deviceId, identity: keys, createdAt: 5 });
  const ids = keyIdsCodec.encode({ nextPreKeyId: 101, nextSignedPreKeyId: 2 });
  await store.commit({
    check: [],
    put: [
      { key: ["account"], value: account },
      { key: ["key-ids", "urn:xmpp:omemo:2"], value: ids },
      { key: ["trust", "bob@example.org", "00"], value: Uint8Array.of(1, 2) },
      ...more.map((key) => ({ key, value: toUtf8("secret ratchet") })),
    ],
    delete: [],
  });
  return store;
}

const settings = toUtf8("settings");
const exported = async (store?: OmemoStore): Promise<Uint8Array> =>
  exportBackup(store ?? (await filledStore()), PASSPHRASE, {
    cost: COST,
    crypto: countingCrypto,
    now: 9,
    sections: { "my settings": settings },
  });

const codeOf = (error: unknown): string => (isOmemoError(error) ? error.code : String(error));

async function keysOf(store: OmemoStore): Promise<readonly string[]> {
  const found: string[] = [];
  const names = ["account", "key-ids", "trust", "session", "prekey", "inbox", "recovery"];
  for (const name of names) {
    for await (const { key } of store.list([name])) found.push(key.join("/"));
  }
  return found;
}

describe("a backup", () => {
  it("brings identity, trust and sections into an empty store, to be recovered [O2-148]", async () => {
    const store = memoryStore();
    const result = await restoreBackup(await exported(), PASSPHRASE, store);
    expect(result).toMatchObject({ kind: "opened", device: { jid, deviceId }, exportedAt: 9 });
    expect(result.kind === "opened" && toHex(result.sections["my settings"] as Uint8Array)).toBe(
      toHex(settings),
    );
    expect(await keysOf(store)).toEqual([
      "account",
      "key-ids/urn:xmpp:omemo:2",
      "trust/bob@example.org/00",
      "recovery",
    ]);
    const [before] = await (await filledStore()).get([["account"]]);
    const [after] = await store.get([["account"]]);
    expect(toHex(after?.value ?? new Uint8Array())).toBe(toHex(before?.value ?? new Uint8Array(1)));
  });

  it("never holds a ratchet or a prekey, not even on request [O2-148]", async () => {
    const store = await filledStore([
      ["session", "urn:xmpp:omemo:2", "bob@example.org", "1", "00"],
      ["session-part", "urn:xmpp:omemo:2", "bob@example.org", "1", "00", "x"],
      ["prekey", "urn:xmpp:omemo:2", "1"],
      ["signed-prekey", "urn:xmpp:omemo:2", "1"],
      ["inbox", "1"],
    ]);
    expect(toHex(await exported(store))).toBe(toHex(await exported()));
    for (const collection of ["session", "session-part", "prekey", "signed-prekey"]) {
      const options = { collections: [collection], cost: COST };
      const error = await exportBackup(store, PASSPHRASE, options).catch((each: unknown) => each);
      expect(codeOf(error)).toBe("invalid-input");
    }
  });

  it("takes the label and what is marked as encrypted along, and not that OMEMO was turned off [O2-27, O2-170]", async () => {
    const store = memoryStore();
    const keys = [["label"], ["guard", "bob@example.org"], ["turned-off"]] as const;
    await restoreBackup(await exported(await filledStore(keys)), PASSPHRASE, store);
    const found = await store.get(keys);
    expect(found.map((record) => record !== undefined)).toEqual([true, true, false]);
  });

  it("keeps its format: this one opens for ever", async () => {
    const pinned = await globalThis.crypto.subtle.digest(
      "SHA-256",
      new Uint8Array(await exported()),
    );
    expect(toHex(new Uint8Array(pinned))).toBe(
      "d472ef94d2191ee0d593dc278d1dfa98fbf7da706a5ae9a983d036aa48efec6a",
    );
    expect(toHex((await exported()).subarray(0, 42))).toBe(
      `${toHex(toUtf8("omemo-backup"))}010e${[...Array(28).keys()].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`,
    );
  });

  it("does not open with another passphrase, and does with the same typed otherwise", async () => {
    const backup = await exported();
    expect(await openBackup(backup, "correct horsf")).toEqual({
      kind: "refused",
      reason: "not-authentic",
    });
    const store = await filledStore();
    const composed = await exportBackup(store, "\u00e9", { cost: COST });
    expect((await openBackup(composed, "e\u0301")).kind).toBe("opened");
  });

  it("is refused when cut off or changed anywhere, and nothing is written", async () => {
    const backup = await exported();
    const store = memoryStore();
    const places = [0, 11, 12, 13, 14, 29, 30, 41, 42, 60, backup.length - 17, backup.length - 1];
    for (const place of places) {
      const changed = backup.slice();
      changed[place] = (changed[place] as number) ^ 1;
      expect((await restoreBackup(changed, PASSPHRASE, store)).kind).toBe("refused");
    }
    for (const length of [0, 5, 13, 41, 57, backup.length - 1]) {
      const result = await restoreBackup(backup.subarray(0, length), PASSPHRASE, store);
      expect(result.kind).toBe("refused");
    }
    expect(await keysOf(store)).toEqual([]);
  });

  it("is refused before any work when it names a cost too high or too low", async () => {
    const backup = await exported();
    for (const cost of [0, 1, 13, 19, 31, 63, 255]) {
      const hostile = backup.slice();
      hostile[13] = cost;
      const onProgress = (): never => {
        throw new RangeError("a key was derived");
      };
      expect(await openBackup(hostile, PASSPHRASE, { onProgress })).toEqual({
        kind: "refused",
        reason: "unsupported",
      });
    }
  });

  it("is refused whatever the bytes are, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isOurs) => {
        const head = isOurs ? [...toUtf8("omemo-backup"), 1, 200] : [];
        const result = await openBackup(Uint8Array.from([...head, ...bytes]), PASSPHRASE);
        expect(result.kind).toBe("refused");
      }),
    );
  });

  it("takes any bytes in sections", async () => {
    const store = await filledStore();
    const sections = fc.dictionary(fc.string(), fc.uint8Array(), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(sections, async (given) => {
        const backup = await exportBackup(store, PASSPHRASE, { cost: COST, sections: given });
        const result = await openBackup(backup, PASSPHRASE);
        const hex = (each: Readonly<Record<string, Uint8Array>>) =>
          Object.entries(each).map(([name, bytes]) => [name, toHex(bytes)]);
        expect(result.kind === "opened" && hex(result.sections)).toEqual(hex(given));
      }),
      { numRuns: 4 },
    );
  });

  it("goes into no store that has an identity, and comes from none that has not", async () => {
    const store = await filledStore();
    const taken = await restoreBackup(await exported(), PASSPHRASE, store).catch(codeOf);
    expect(taken).toBe("invalid-input");
    expect(await exportBackup(memoryStore(), PASSPHRASE).catch(codeOf)).toBe("invalid-input");
    expect(await exportBackup(store, "").catch(codeOf)).toBe("invalid-input");
    expect(await exportBackup(store, "x", { cost: 40 }).catch(codeOf)).toBe("invalid-input");
  });

  it("tells how far it is, and can be given up", async () => {
    const store = await filledStore();
    const progress: number[] = [];
    const onProgress = (done: number): void => void progress.push(done);
    await exportBackup(store, PASSPHRASE, { cost: COST, onProgress });
    expect(progress.at(-1)).toBe(1);
    const options = { cost: COST, signal: AbortSignal.abort() };
    expect(await exportBackup(store, PASSPHRASE, options).catch(codeOf)).toBe("aborted");
  });
});
