import { describe, expect, it } from "vitest";
import { fromUtf8, LEGACY, OMEMO_2, toUtf8, type WebCrypto } from "../../src/index.js";
import { openPayload, sealPayload } from "../../src/wire/index.js";

const crypto: WebCrypto = globalThis.crypto;

/** Each recipient learns the payload's key; with the server's help he could try another payload. */
describe("another payload under the key of a message", () => {
  it.each([OMEMO_2, LEGACY])(
    "is refused where its code is not the one that came with the key, in %s [O2-77, L-61]",
    async (version) => {
      const sealed = await sealPayload(crypto, version, toUtf8("meet me at the balcony"));
      // Key, and vector of the legacy version: all that sealing draws.
      const drawn = [sealed.keyMaterial, sealed.iv];
      const knowing: WebCrypto = {
        subtle: crypto.subtle,
        getRandomValues: (array) => {
          array.set((drawn.shift() ?? new Uint8Array()).subarray(0, array.length));
          return array;
        },
      };
      const other = await sealPayload(knowing, version, toUtf8("meet me at the church.."));
      const itself = await openPayload(crypto, version, other);
      expect(itself.kind).toBe("opened"); // so key and vector are indeed those of the first
      const swapped = { ...sealed, payload: other.payload };
      expect(await openPayload(crypto, version, swapped)).toEqual({
        kind: "refused",
        reason: "payload-refused",
      });
    },
  );

  // The limit that docs/threat-model.md names. It is of the format: whoever reads it, reads this.
  it("can be fitted to the code in the legacy version, for sixteen bytes of noise in its text", async () => {
    const text = "pay 100 to romeo and sixteen more bytes";
    const sealed = await sealPayload(crypto, LEGACY, toUtf8(text));
    const wish = "pay 999 to paris";
    const payload = Uint8Array.from(sealed.payload);
    const first = toUtf8(text)
      .map((byte, at) => byte ^ (toUtf8(wish)[at] ?? byte))
      .subarray(0, 16);
    // GCM sums up the blocks times powers of a key that everybody knows who knows the key: what a
    // change of one block adds, a change of the next block takes away.
    const hashKey = await encryptZero(sealed.keyMaterial.slice(0, 16));
    const second = blockOf(multiply(numberOf(first), numberOf(hashKey)));
    [...first, ...second].forEach((change, at) => {
      payload[at] = (payload[at] ?? 0) ^ change;
    });
    const opened = await openPayload(crypto, LEGACY, { ...sealed, payload });
    const read = opened.kind === "opened" ? opened.plaintext : new Uint8Array();
    expect(fromUtf8(read.slice(0, 16))).toBe(wish);
    expect(fromUtf8(read.slice(32))).toBe(text.slice(32));
  });
});

async function encryptZero(key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]);
  const counter = { name: "AES-CTR", counter: new Uint8Array(16), length: 128 };
  return new Uint8Array(await subtle.encrypt(counter, imported, new Uint8Array(16)));
}

const numberOf = (block: Uint8Array): bigint =>
  block.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

const blockOf = (number: bigint): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, at) => Number((number >> BigInt(8 * (15 - at))) & 255n));

/** In the field of GCM, whose bits are numbered from the left (NIST SP 800-38D, 6.3). */
function multiply(left: bigint, right: bigint): bigint {
  let product = 0n;
  let factor = right;
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((left >> bit) & 1n) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ (0xe1n << 120n) : factor >> 1n;
  }
  return product;
}
