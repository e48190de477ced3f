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
      "8b577071004f2844835ebc537f7d4f69ee54f8ed8e173bf0fc1c8b17be9ae491a58c2289c9156308",
      "985b706db0e497c4",
    ].join(""),
  ],
  [
    { passphrase: "correct horse", cost: CHEAP },
    [
      "010100004c000201202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      "40414243444546472631681413ac0568ee53c0b82e47f6eb5553d818182af38a9995be92d835b33b",
      "43986823037a452335751b5760659836581dec91f3152fec98a7115801b468494396a771ece61708",
      "9e1cfcd0a1870414",
    ].join(""),
  ],
] as const;

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
});

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error("no hex");
  return bytes;
}
