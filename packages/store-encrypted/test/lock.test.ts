import { memoryStore, type OmemoStore } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { simulatedDisk } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { ACCOUNT, CHEAP, HEADER, KEY, OPTIONS, plant, put, read } from "./stage.js";

const byPassphrase = (passphrase: string) => ({ account: ACCOUNT, passphrase, cost: CHEAP });

describe("the lock of an encrypted store", () => {
  it("opens with its passphrase, however its letters are composed, and no other", async () => {
    const inner = memoryStore();
    await put(await encryptedStore(inner, byPassphrase("Caf\u00e9")), ["a"], "Wherefore?");
    const again = await encryptedStore(inner, { account: ACCOUNT, passphrase: "Cafe\u0301" });
    expect(await read(again, ["a"])).toBe("Wherefore?");
    for (const wrong of [byPassphrase("Cafe"), OPTIONS]) {
      await expect(encryptedStore(inner, wrong)).rejects.toMatchObject({ code: "invalid-input" });
    }
    expect(await read(again, ["a"])).toBe("Wherefore?");
  });

  it("opens with its key and no other", async () => {
    const inner = memoryStore();
    await put(await encryptedStore(inner, OPTIONS), ["a"], "Wherefore?");
    expect(await read(await encryptedStore(inner, OPTIONS), ["a"])).toBe("Wherefore?");
    const key = new Uint8Array(32).fill(8);
    const wrong = encryptedStore(inner, { account: ACCOUNT, key });
    await expect(wrong).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("writes one record for another passphrase, and stays open elsewhere", async () => {
    const disk = simulatedDisk();
    const store = await encryptedStore(disk.open(), OPTIONS);
    const elsewhere = await encryptedStore(disk.open(), OPTIONS);
    for (let index = 0; index < 20; index += 1) await put(store, ["a", `${index}`], "x");
    const before = new Map(
      disk.records().map(({ key, version }) => [JSON.stringify(key), version]),
    );
    await store.changePassphrase("new", CHEAP);
    const changed = disk.records().filter(({ key, version }) => {
      return before.get(JSON.stringify(key)) !== version;
    });
    expect(changed.map(({ key }) => key)).toEqual([HEADER]);
    await put(elsewhere, ["b"], "still open");
    const old = encryptedStore(disk.open(), OPTIONS);
    await expect(old).rejects.toMatchObject({ code: "invalid-input" });
    const opened = await encryptedStore(disk.open(), byPassphrase("new"));
    expect(await read(opened, ["b"])).toBe("still open");
    await opened.changeKey(KEY);
    expect(await read(await encryptedStore(disk.open(), OPTIONS), ["b"])).toBe("still open");
  });

  it("lets several processes make it at once, and all get the same one [design 5.9]", async () => {
    const inner = memoryStore();
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => encryptedStore(inner.reopen(), OPTIONS)),
    );
    for (const [index, store] of stores.entries()) await put(store, ["a", `${index}`], `${index}`);
    for (const store of stores) {
      const found = await Promise.all(stores.map((_, index) => read(store, ["a", `${index}`])));
      expect(found).toEqual(["0", "1", "2", "3", "4"]);
    }
  });

  it("refuses the store of another account, under the right key", async () => {
    const inner = memoryStore();
    await encryptedStore(inner, OPTIONS);
    const other = encryptedStore(inner, { account: "romeo@example.net", key: KEY });
    await expect(other).rejects.toMatchObject({ code: "store-failure" });
  });

  it("makes no new store where records or a plain account are [design 5.5]", async () => {
    const inner = memoryStore();
    await put(await encryptedStore(inner, OPTIONS), ["a"], "x");
    await inner.commit({ check: [], put: [], delete: [HEADER] });
    await expect(encryptedStore(inner, OPTIONS)).rejects.toMatchObject({ code: "store-failure" });
    const plain = memoryStore();
    await put(plain, ["account"], "identity");
    await expect(encryptedStore(plain, OPTIONS)).rejects.toMatchObject({ code: "store-failure" });
    expect(await plain.get([HEADER])).toEqual([undefined]);
  });

  it("notices every flipped bit of the header", async () => {
    for (const options of [OPTIONS, byPassphrase("pass")]) {
      const inner = memoryStore();
      await encryptedStore(inner, options);
      const header = await headerOf(inner);
      // Each try with a passphrase costs a third of a second: the readable bytes are enough.
      const end = "key" in options ? header.length : 8;
      for (let at = 0; at < end; at += 1) {
        const changed = new Uint8Array(header);
        changed[at] = (changed[at] as number) ^ (1 << (at % 8));
        await plant(inner, HEADER, changed);
        const code = expect.stringMatching(/^(invalid-input|store-failure)$/);
        await expect(encryptedStore(inner, options), `byte ${at}`).rejects.toMatchObject({ code });
      }
    }
  });

  it("does not pay what a forged header demands [design 5.11]", async () => {
    const inner = memoryStore();
    await encryptedStore(inner, byPassphrase("pass"));
    const header = await headerOf(inner);
    const demands = [
      [2, 0xff, 0xff, 0xff, 0xff],
      [2, 0, 4, 0, 1],
      [2, 0, 0, 0, 8],
      [6, 255],
      [6, 1],
      [7, 255],
      [7, 0],
    ] as const;
    for (const [at, ...bytes] of demands) {
      const changed = new Uint8Array(header);
      changed.set(bytes, at);
      await plant(inner, HEADER, changed);
      await expect(encryptedStore(inner, byPassphrase("pass"))).rejects.toMatchObject({
        code: "store-failure",
      });
    }
  });

  it("refuses a header of a later format, and says so", async () => {
    const inner = memoryStore();
    await encryptedStore(inner, OPTIONS);
    await plant(inner, HEADER, Uint8Array.of(2, 1));
    await expect(encryptedStore(inner, OPTIONS)).rejects.toThrow(/newer/);
  });

  it("refuses locks that are none", async () => {
    const locks = [
      { passphrase: "" },
      { key: new Uint8Array(31) },
      { passphrase: "x", cost: { memory: 1024 } },
      { passphrase: "x", cost: { passes: 2.5 } },
    ];
    for (const lock of locks) {
      const opened = encryptedStore(memoryStore(), { account: ACCOUNT, ...lock });
      await expect(opened).rejects.toMatchObject({ code: "invalid-input" });
    }
    const nameless = encryptedStore(memoryStore(), { account: "", key: KEY });
    await expect(nameless).rejects.toMatchObject({ code: "invalid-input" });
  });
});

async function headerOf(inner: OmemoStore): Promise<Uint8Array> {
  const [header] = await inner.get([HEADER]);
  return header?.value ?? new Uint8Array(0);
}
