import { fromHex, memoryStore, toHex } from "@omemo/core";
import { encryptedStore } from "@omemo/store-encrypted";
import { describe, expect, it } from "vitest";
import { ACCOUNT, CHEAP, HEADER, KEY, plant, put, read, sealedRecords } from "./stage.js";

/** Bytes 0, 1, 2, … in the order of the calls. */
function counting(): (length: number) => Uint8Array {
  let next = 0;
  return (length) => Uint8Array.from({ length }, () => next++ & 0xff);
}

const NAME = ["sealed", "e9c6827e95d86a7586764f5fc953aad6", "a0358845a3bca93c15606de9a21645c7"];
const VALUE = [
  "0148494a4b4c4d4e4f505152535455565758595a5b5c5d5e5fd7b71c187f408ea8de0aca3d42c8ca",
  "76d7998545277291f6d6e7c43c099abb82f9299cfb02b44de9c124d26ae0b0635be29e7f3e146202",
  "a35d9d7c5ee39a3a48cbd2ccb734ad1e6ea86ea3d3132938d9",
].join("");
const HEADERS = [
  [
    { key: KEY },
    [
      "0102000000000000202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      "40414243444546475f16424898cf79d115613ebcc0540dccde00b18335458ded2573c62200fe5a0a",
      "8b577071004f2844835ebc537f7d4f69ee54f8ed8e173bf0fc1c8b17be9ae49171dee7fba810288e",
      "989b4e622fac05f48d",
    ].join(""),
  ],
  [
    { passphrase: "correct horse", cost: CHEAP },
    [
      "010100004c000201202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      "40414243444546472631681413ac0568ee53c0b82e47f6eb5553d818182af38a9995be92d835b33b",
      "43986823037a452335751b5760659836581dec91f3152fec98a7115801b468499cd8636a49e0db3e",
      "2b1aa778360ff6e30e",
    ].join(""),
  ],
] as const;

/** The same records in a store with `detectRollback`, where the first nonces go to the ledger. */
const LEDGER_HEADER = [
  "0102000000000000202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
  "40414243444546475f16424898cf79d115613ebcc0540dccde00b18335458ded2573c62200fe5a0a",
  "8b577071004f2844835ebc537f7d4f69ee54f8ed8e173bf0fc1c8b17be9ae4917067796ba18e91f9",
  "260edce2d0baa45a66",
].join("");
const LEDGER_VALUE = [
  "01606162636465666768696a6b6c6d6e6f707172737475767774fca74c2e188656d42874807419c0",
  "0537b94b1fef4a10b71481cf1ae02e1edc5146a89d887e4d612ed8d801de1b3650ec38f7992d4733",
  "1d9962ae3743cf4e03a70b54ca95be240d79b50e1db266940b",
].join("");
const LEDGER = [
  "0178797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f18830d480319c90ff5815055d1a301",
  "77ea11234ca2f3232fc92888e9d631aa5e19177885ce139cb188e15184bd915985714d3fee10e906",
  "aea4ef9fb51d2fb0d6a6e1014344dd4120088373c7fde3e39504a019620c8291c86fac4e527aca17",
  "02639e21042e774a55a30e4ef3e8912a6127f86b018f8556a668427527e34cda0bbeadce1c2f856a",
  "d7f7b95bc07d8d1599",
].join("");

describe("format 1", () => {
  for (const [lock, expected] of HEADERS) {
    const options = { account: ACCOUNT, ...lock };

    it(`writes these very bytes under a ${Object.keys(lock)[0]}`, async () => {
      const inner = memoryStore();
      const store = await encryptedStore(inner, { ...options, randomBytes: counting() });
      await put(store, ["session", "romeo@example.net"], "Wherefore?");
      const [header] = await inner.get([HEADER]);
      const [record] = await sealedRecords(inner);
      expect(toHex(header?.value ?? new Uint8Array(0))).toBe(expected);
      expect(record?.key).toEqual(NAME);
      expect(toHex(record?.value ?? new Uint8Array(0))).toBe(VALUE);
    });

    it(`reads them under a ${Object.keys(lock)[0]}`, async () => {
      const inner = memoryStore();
      await plant(inner, HEADER, bytesOf(expected));
      await plant(inner, ["sealed", ...NAME.slice(1)], bytesOf(VALUE));
      const store = await encryptedStore(inner, options);
      expect(await read(store, ["session", "romeo@example.net"])).toBe("Wherefore?");
    });
  }

  it("writes and reads these very bytes of a ledger", async () => {
    const options = { account: ACCOUNT, key: KEY, detectRollback: true };
    const inner = memoryStore();
    const store = await encryptedStore(inner, { ...options, randomBytes: counting() });
    await put(store, ["session", "romeo@example.net"], "Wherefore?");
    const found = await inner.get([HEADER, ["sealed", ...NAME.slice(1)], ["sealed-ledger"]]);
    const expected = [LEDGER_HEADER, LEDGER_VALUE, LEDGER];
    expect(found.map((record) => record && toHex(record.value))).toEqual(expected);
    const copy = memoryStore();
    for (const [index, record] of found.entries()) {
      await plant(copy, record?.key ?? HEADER, bytesOf(expected[index] ?? ""));
    }
    const opened = await encryptedStore(copy, options);
    expect(await read(opened, ["session", "romeo@example.net"])).toBe("Wherefore?");
  });
});

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error("no hex");
  return bytes;
}
