import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, LEGACY, OMEMO_2, toHex, type WebCrypto } from "../../src/index.js";
import {
  classifyKeyMaterial,
  emptyKeyMaterial,
  openPayload,
  type SealedPayload,
  sealPayload,
} from "../../src/wire/index.js";
import { BOTH } from "./arbitraries.js";
import { readVectors } from "./vectors.js";

const crypto: WebCrypto = globalThis.crypto;

describe.each(BOTH)("payloads of %s", (version) => {
  it("open as they were sealed, and with no other key [O2-74, O2-77, L-37, L-58]", async () => {
    const plaintexts = fc.uint8Array({ maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(plaintexts, async (plaintext) => {
        const sealed = await sealPayload(crypto, version, plaintext);
        const other = await sealPayload(crypto, version, plaintext);
        expect(await openPayload(crypto, version, sealed)).toEqual({ kind: "opened", plaintext });
        const mixed = { ...sealed, keyMaterial: other.keyMaterial };
        expect(await openPayload(crypto, version, mixed)).toEqual(refused("payload-refused"));
      }),
      { numRuns: 30 },
    );
  });

  it("use a fresh key for each message [O2-73, L-35]", async () => {
    const plaintext = new Uint8Array(20);
    const sealed = await Promise.all(
      Array.from({ length: 20 }, () => sealPayload(crypto, version, plaintext)),
    );
    expect(new Set(sealed.map(({ keyMaterial }) => toHex(keyMaterial))).size).toBe(20);
    expect(new Set(sealed.map(({ payload }) => toHex(payload))).size).toBe(20);
  });

  it("are refused when one bit of them is changed, wherever it is [O2-77, L-61]", async () => {
    const sealed = await sealPayload(crypto, version, new Uint8Array(20));
    for (const part of ["keyMaterial", "payload", "iv"] as const) {
      for (let index = 0; index < (sealed[part]?.length ?? 0); index += 1) {
        const changed = Uint8Array.from(sealed[part] ?? []);
        changed[index] = (changed[index] as number) ^ 0x80;
        const outcome = await openPayload(crypto, version, { ...sealed, [part]: changed });
        expect([part, index, outcome]).toEqual([part, index, refused("payload-refused")]);
      }
    }
  });

  it("are refused when key material, payload or IV has an impossible length", async () => {
    const sealed = await sealPayload(crypto, version, new Uint8Array(20));
    const right = sealed.keyMaterial.length;
    for (let length = 0; length <= 64; length += 1) {
      const keyMaterial = sealed.keyMaterial.slice(0, length);
      const padded = new Uint8Array(length);
      padded.set(keyMaterial);
      const { kind } = await openPayload(crypto, version, { ...sealed, keyMaterial: padded });
      expect([length, kind]).toEqual([length, length === right ? "opened" : "refused"]);
    }
    const cut = { ...sealed, payload: sealed.payload.slice(0, -1) };
    expect(await openPayload(crypto, version, cut)).toEqual(refused("payload-refused"));
    const empty = { ...sealed, payload: new Uint8Array() };
    expect(await openPayload(crypto, version, empty)).toEqual(refused("payload-refused"));
  });

  it("are sealed from any kind of memory, which stays as it was", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(20)).fill(7);
    const view = new Uint8Array(new ArrayBuffer(40), 10, 20).fill(7);
    for (const plaintext of [shared, view]) {
      const sealed = await sealPayload(crypto, version, plaintext);
      const opened = await openPayload(crypto, version, sealed);
      expect(opened).toEqual({ kind: "opened", plaintext: new Uint8Array(20).fill(7) });
      expect([...plaintext]).toEqual(new Array(20).fill(7));
    }
  });

  it("reject what is wrong with the platform instead of calling it a forgery", async () => {
    const sealed = await sealPayload(crypto, version, new Uint8Array(1));
    const broken = { ...crypto, subtle: { importKey: () => Promise.reject(new Error("no key")) } };
    const opening = openPayload(broken as unknown as WebCrypto, version, sealed);
    await expect(opening).rejects.toThrowError("no key");
  });
});

describe("payloads of OMEMO 2", () => {
  it("have key material of 48 bytes and no IV [O2-76]", async () => {
    const sealed = await sealPayload(crypto, OMEMO_2, new Uint8Array(16));
    expect(sealed.keyMaterial).toHaveLength(48);
    expect(sealed.payload).toHaveLength(32);
    expect(sealed).not.toHaveProperty("iv");
  });

  it("agree with the shared vectors [O2-74, O2-75, O2-76, O2-78]", async () => {
    const { vectors, negative } = readVectors<PayloadVectors>("omemo2/payload.json");
    expect([vectors.length, negative.length]).toEqual([10, 9]);
    for (const { key, plaintext, payload, keyMaterial } of vectors) {
      const sealed = { keyMaterial: hex(keyMaterial), payload: hex(payload) };
      const expected = { kind: "opened", plaintext: hex(plaintext) };
      expect(await openPayload(crypto, OMEMO_2, sealed)).toEqual(expected);
      expect(await sealPayload(drawing(key), OMEMO_2, hex(plaintext))).toEqual(sealed);
    }
    for (const { note, keyMaterial, payload } of negative) {
      const sealed = { keyMaterial: hex(keyMaterial), payload: hex(payload) };
      expect([note, await openPayload(crypto, OMEMO_2, sealed)]).toMatchObject([
        note,
        { kind: "refused", reason: keyMaterial.length === 96 ? "payload-refused" : "malformed" },
      ]);
    }
  });

  it("agree with the vectors of the requirements", async () => {
    const { payload } = readVectors<Omemo2Vectors>("specs/omemo-2-vectors.json");
    const plaintext = new TextEncoder().encode(payload.plaintext_utf8);
    expect(await sealPayload(drawing(payload.key), OMEMO_2, plaintext)).toEqual({
      keyMaterial: hex(payload.key_material_48),
      payload: hex(payload.ciphertext),
    });
  });
});

describe("payloads of the legacy version", () => {
  it("have key material of 32 bytes, an IV of 12, and a payload as long as the text [L-36, L-37]", async () => {
    const sealed = await sealPayload(crypto, LEGACY, new Uint8Array(17));
    expect(sealed.keyMaterial).toHaveLength(32);
    expect(sealed.iv).toHaveLength(12);
    expect(sealed.payload).toHaveLength(17);
  });

  it("agree with the shared vectors, with IVs of 12 and 16 bytes [L-37, L-58, L-60, L-59]", async () => {
    const { vectors, negative } = readVectors<LegacyPayloadVectors>("legacy/payload.json");
    expect([vectors.length, negative.length]).toEqual([18, 9]);
    for (const { key, iv, plaintext, current, old } of vectors) {
      const sealed = sealedFrom(current, iv);
      const expected = { kind: "opened", plaintext: hex(plaintext) };
      expect(await openPayload(crypto, LEGACY, sealed)).toEqual(expected);
      if (iv.length === 24) {
        expect(await sealPayload(drawing(key, iv), LEGACY, hex(plaintext))).toEqual(sealed);
      }
      if (old === undefined) continue;
      const outdated = sealedFrom(old, iv);
      expect(await openPayload(crypto, LEGACY, outdated)).toEqual(refused("outdated-sender"));
      const options = { acceptOutdatedSenders: true };
      expect(await openPayload(crypto, LEGACY, outdated, options)).toEqual(expected);
    }
    for (const vector of negative) {
      const sealed = sealedFrom(vector, vector.iv);
      const options = { acceptOutdatedSenders: true };
      const outcome = await openPayload(crypto, LEGACY, sealed, options);
      expect([vector.note, outcome.kind]).toEqual([vector.note, "refused"]);
    }
  });

  it("agree with the vectors of the requirements", async () => {
    const { cases, must_fail } = readVectors<LegacyVectors>("specs/omemo-legacy-vectors.json");
    const fromBase64 = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
    for (const { body_utf8, iv, ratchet_plaintext, payload_b64 } of cases) {
      const sealed = { keyMaterial: hex(ratchet_plaintext), payload: fromBase64(payload_b64) };
      const options = { acceptOutdatedSenders: true };
      const outcome = await openPayload(crypto, LEGACY, { ...sealed, iv: hex(iv) }, options);
      const plaintext = new TextEncoder().encode(body_utf8);
      expect(outcome).toEqual({ kind: "opened", plaintext });
    }
    for (const { iv, ratchet_plaintext, payload_b64 } of must_fail) {
      const sealed = { keyMaterial: hex(ratchet_plaintext), payload: fromBase64(payload_b64) };
      const outcome = await openPayload(crypto, LEGACY, { ...sealed, iv: hex(iv) });
      expect(outcome).toMatchObject({ kind: "refused" });
    }
  });

  it.each([undefined, 0, 11, 13, 15, 17])(
    "are refused with an IV of %s bytes [L-60]",
    async (length) => {
      const { iv: _, ...sealed } = await sealPayload(crypto, LEGACY, new Uint8Array(5));
      const iv = length === undefined ? {} : { iv: new Uint8Array(length) };
      expect(await openPayload(crypto, LEGACY, { ...sealed, ...iv })).toEqual(refused("malformed"));
    },
  );
});

describe("emptyKeyMaterial", () => {
  it("is 32 zero bytes in OMEMO 2 [O2-137]", () => {
    expect(emptyKeyMaterial(OMEMO_2, crypto)).toEqual({ keyMaterial: new Uint8Array(32) });
  });

  it("is a fresh key of 16 bytes with an IV in the legacy version [L-49, L-50, Q-05]", () => {
    const [one, two] = [1, 2].map(() => emptyKeyMaterial(LEGACY, crypto));
    expect([one?.keyMaterial.length, one?.iv?.length]).toEqual([16, 12]);
    expect(one).not.toEqual(two);
  });
});

describe("classifyKeyMaterial", () => {
  const cut = (length: number, fill = 1) => new Uint8Array(length).fill(fill);

  it("knows empty messages of OMEMO 2 [O2-78, O2-137]", () => {
    const empty = { kind: "empty" };
    const { emptyMessage } = readVectors<PayloadVectors>("omemo2/payload.json");
    expect(classifyKeyMaterial(OMEMO_2, hex(emptyMessage.keyMaterial))).toEqual(empty);
    expect(classifyKeyMaterial(OMEMO_2, cut(32))).toEqual(empty);
    expect(classifyKeyMaterial(OMEMO_2, cut(48, 0))).toEqual(empty);
  });

  it("notices that a payload of OMEMO 2 was taken away [O2-78]", () => {
    for (let index = 0; index < 48; index += 1) {
      const keyMaterial = cut(48, 0);
      keyMaterial[index] = 1;
      expect(classifyKeyMaterial(OMEMO_2, keyMaterial)).toEqual(refused("payload-missing"));
    }
  });

  it("takes 16 or 32 bytes of the legacy version as a transported key [L-50]", () => {
    const { keyTransport } = readVectors<LegacyPayloadVectors>("legacy/payload.json");
    for (const { keyMaterial } of keyTransport) {
      const key = hex(keyMaterial.slice(0, 32));
      const expected = { kind: "key-transport", key };
      expect(classifyKeyMaterial(LEGACY, hex(keyMaterial))).toEqual(expected);
    }
  });

  it("refuses all other lengths", () => {
    for (let length = 0; length < 80; length += 1) {
      const isKnown = { [OMEMO_2]: [32, 48], [LEGACY]: [16, 32] };
      for (const version of BOTH) {
        if (isKnown[version].includes(length)) continue;
        expect(classifyKeyMaterial(version, cut(length))).toEqual(refused("malformed"));
      }
    }
  });
});

interface PayloadVectors {
  readonly vectors: readonly {
    readonly key: string;
    readonly plaintext: string;
    readonly payload: string;
    readonly keyMaterial: string;
  }[];
  readonly negative: readonly (HexPayload & { readonly note: string })[];
  readonly emptyMessage: { readonly keyMaterial: string };
}

interface HexPayload {
  readonly keyMaterial: string;
  readonly payload: string;
}

interface LegacyPayloadVectors {
  readonly vectors: readonly {
    readonly iv: string;
    readonly key: string;
    readonly plaintext: string;
    readonly current: HexPayload;
    readonly old?: HexPayload;
  }[];
  readonly negative: readonly (HexPayload & { readonly note: string; readonly iv: string })[];
  readonly keyTransport: readonly { readonly keyMaterial: string }[];
}

interface Omemo2Vectors {
  readonly payload: Readonly<
    Record<"key" | "plaintext_utf8" | "key_material_48" | "ciphertext", string>
  >;
}

interface LegacyVectors {
  readonly cases: readonly (SpecVector & { readonly body_utf8: string })[];
  readonly must_fail: readonly SpecVector[];
}

type SpecVector = Readonly<Record<"iv" | "ratchet_plaintext" | "payload_b64", string>>;

function refused(reason: string): object {
  return { kind: "refused", reason };
}

function sealedFrom({ keyMaterial, payload }: HexPayload, iv: string): SealedPayload {
  return { keyMaterial: hex(keyMaterial), payload: hex(payload), iv: hex(iv) };
}

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
}

/** Draws these values instead of random ones, in order. */
function drawing(...values: readonly string[]): WebCrypto {
  const left = [...values];
  return {
    subtle: crypto.subtle,
    getRandomValues: (target) => {
      target.set(hex(left.shift() ?? ""));
      return target;
    },
  };
}
