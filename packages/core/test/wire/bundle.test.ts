import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "../../src/index.js";
import {
  type Bundle,
  isMalformed,
  readBundle,
  serialize,
  toBase64,
  writeBundle,
  xml,
} from "../../src/wire/index.js";
import { BOTH, hostileTree } from "./arbitraries.js";
import {
  bundles,
  bytes,
  editedBundle,
  NAMES,
  otherThan,
  publicKey,
  sampleBundle,
  withId,
  withText,
} from "./bundleFixtures.js";
import { invalidInput } from "./invalidInput.js";
import { parsed, readVectors } from "./vectors.js";

describe.each(BOTH)("bundles of %s", (version) => {
  const names = NAMES[version];
  const sample = sampleBundle(version);
  const { children: parts, ...root } = writeBundle(version, sample);
  const elements = parts as readonly XmlElement[];

  it("read back as they were written [O2-34, O2-35, L-14]", () => {
    fc.assert(
      fc.property(bundles(version), (bundle) => {
        const written = serialize(writeBundle(version, bundle));
        expect(readBundle(version, parsed(written))).toEqual(bundle);
      }),
    );
  });

  it("are read from any tree without throwing", () => {
    fc.assert(
      fc.property(hostileTree(), (tree) => {
        const disguised = { ...tree, name: "bundle", attrs: { xmlns: version } };
        expect(() => readBundle(version, tree)).not.toThrow();
        expect(() => readBundle(version, disguised)).not.toThrow();
      }),
    );
  });

  it("have their parts in any order, among others, with white space [O2-35, L-25]", () => {
    const children = ["\n", xml("future"), ...elements.map(spread).reverse()];
    const foreign = [xml(names.identityKey, { xmlns: "urn:x" }, "AAAA")];
    expect(readBundle(version, { ...root, children: [...children, ...foreign] })).toEqual(sample);
  });

  it.each([names.signedPreKey, names.signature, names.identityKey])(
    "need exactly one <%s/> [O2-35]",
    (name) => {
      const without = elements.filter((part) => part.name !== name);
      const twice = [...elements, ...elements.filter((part) => part.name === name)];
      expect(reasonOf(version, { ...root, children: without })).toBe("missing-element");
      expect(reasonOf(version, { ...root, children: twice })).toBe("doubled-element");
    },
  );

  it("are refused with two lists of prekeys", () => {
    const children = [...elements, xml("prekeys")];
    expect(reasonOf(version, { ...root, children })).toBe("doubled-element");
  });

  it.each([
    ["empty", "", "bad-key"],
    ["no base64", "!!!!", "bad-base64"],
    ["a byte short", toBase64(publicKey(version, 31)), "bad-key"],
    ["a byte long", toBase64(publicKey(version, 33)), "bad-key"],
    ["huge", "A".repeat(100_000), "bad-base64"],
    ["of the other version", toBase64(publicKey(otherThan(version))), "bad-key"],
  ])("are refused when a public key is %s [L-17, W-04, W-05, W-06]", (_, text, reason) => {
    expect(reasonOf(version, withText(version, names.identityKey, text))).toBe(reason);
    expect(reasonOf(version, withText(version, names.signedPreKey, text))).toBe(reason);
    const { preKeys } = readBundle(version, withText(version, names.preKey, text)) as Bundle;
    expect(preKeys).toEqual(sample.preKeys.slice(1));
  });

  it.each([
    [0, "bad-length"],
    [63, "bad-length"],
    [65, "bad-base64"],
  ])("are refused with a signature of %i bytes", (length, reason) => {
    const text = toBase64(new Uint8Array(length));
    expect(reasonOf(version, withText(version, names.signature, text))).toBe(reason);
  });

  it.each([undefined, "", "abc", "-1", "1.0", "4294967296"])(
    "are refused with %j as id of the signed prekey, and lose a prekey with it",
    (id) => {
      expect(reasonOf(version, withId(version, names.signedPreKey, id))).toBe("bad-id");
      const { preKeys } = readBundle(version, withId(version, names.preKey, id)) as Bundle;
      expect(preKeys).toEqual(sample.preKeys.slice(1));
    },
  );

  it.each([0, 16777215, 2147483648, 4294967295])("may use the id %i [O2-39d, L-20]", (id) => {
    const signed = readBundle(version, withId(version, names.signedPreKey, String(id)));
    expect(signed).toMatchObject({ signedPreKeyId: id });
    const { preKeys } = readBundle(version, withId(version, names.preKey, String(id))) as Bundle;
    expect(preKeys.map((preKey) => preKey.id)).toEqual([id, 2, 3]);
  });

  it("count the first of doubled prekey ids", () => {
    const doubled = readBundle(version, withId(version, names.preKey, "2")) as Bundle;
    const [first, , third] = sample.preKeys;
    expect(doubled.preKeys).toEqual([{ ...first, id: 2 }, third]);
  });

  it("are read up to the cap of prekeys", () => {
    const preKeys = Array.from({ length: 1500 }, (_, index) => ({ id: index + 1, key: bytes(32) }));
    const written = writeBundle(version, { ...sample, preKeys });
    expect((readBundle(version, written) as Bundle).preKeys).toHaveLength(1000);
    expect((readBundle(version, written, { maxPreKeys: 2 }) as Bundle).preKeys).toHaveLength(2);
  });

  it("are refused under another name or namespace", () => {
    const elsewhere = { ...root, attrs: { xmlns: otherThan(version) }, children: elements };
    expect(reasonOf(version, elsewhere)).toBe("wrong-element");
    expect(reasonOf(version, { ...elsewhere, attrs: {} })).toBe("wrong-element");
    const renamed = { ...root, name: "devices", children: elements };
    expect(reasonOf(version, renamed)).toBe("wrong-element");
  });

  it.each<[string, Partial<Bundle>]>([
    ["signed prekey id 0", { signedPreKeyId: 0 }],
    ["the id that a library of peers never deletes", { signedPreKeyId: 16777215 }],
    ["an id beyond the range", { signedPreKeyId: 2147483648 }],
    ["an id that is no whole number", { signedPreKeyId: 1.5 }],
    ["no prekeys", { preKeys: [] }],
    ["prekey id 0", { preKeys: [{ id: 0, key: bytes(32) }] }],
    ["a doubled prekey id", { preKeys: [1, 1].map((id) => ({ id, key: bytes(32) })) }],
    ["a prekey with type byte", { preKeys: [{ id: 1, key: bytes(33) }] }],
    ["a short signed prekey", { signedPreKey: bytes(31) }],
    ["a short signature", { signedPreKeySignature: bytes(63) }],
    ["another form of the identity key", { identityKey: publicKey(otherThan(version)) }],
  ])("are never published with %s [O2-36, O2-39d, L-17, L-20]", (_, change) => {
    expect(() => writeBundle(version, { ...sample, ...change })).toThrowError(invalidInput);
  });

  it("are well-formed exactly where the shared vectors say so", () => {
    const folder = version === OMEMO_2 ? "omemo2" : "legacy";
    const { vectors } = readVectors<BundleVectors>(`${folder}/bundles.json`);
    expect(vectors.length).toBeGreaterThan(10);
    for (const { note, xml: text, expect: content } of vectors) {
      const read = readBundle(version, parsed(text));
      if (content === null) expect([note, isMalformed(read)]).toEqual([note, !SIGNED.has(note)]);
      else
        expect([note, neutral(version, read, content)]).toEqual([note, neutral(version, content)]);
    }
  });
});

describe("bundles without prekeys", () => {
  it("are of no use in OMEMO 2 [O2-39d, O2-44]", () => {
    expect(
      reasonOf(
        OMEMO_2,
        editedBundle(OMEMO_2, "pk", () => undefined),
      ),
    ).toBe("no-prekeys");
    expect(
      reasonOf(
        OMEMO_2,
        editedBundle(OMEMO_2, "prekeys", () => undefined),
      ),
    ).toBe("no-prekeys");
  });

  it("offer none in the legacy version [W-25]", () => {
    for (const name of ["preKeyPublic", "prekeys"]) {
      const without = editedBundle(LEGACY, name, () => undefined);
      expect(readBundle(LEGACY, without)).toEqual({ ...sampleBundle(LEGACY), preKeys: [] });
    }
  });
});

describe("bundles of the legacy version", () => {
  it("are published with key ids up to 2^24 − 2 [L-20]", () => {
    const highest = { ...sampleBundle(LEGACY), signedPreKeyId: 0xff_fffe };
    expect(readBundle(LEGACY, writeBundle(LEGACY, highest))).toEqual(highest);
    const beyond = { ...highest, signedPreKeyId: 0x100_0000 };
    expect(() => writeBundle(LEGACY, beyond)).toThrowError(invalidInput);
  });

  it("are refused with another type byte [L-17, W-04]", () => {
    const text = toBase64(Uint8Array.of(0x06, ...bytes(32)));
    expect(reasonOf(LEGACY, withText(LEGACY, "identityKey", text))).toBe("bad-key");
  });
});

interface BundleVectors {
  readonly vectors: readonly {
    readonly note: string;
    readonly xml: string;
    /** `null` when malformed, or when the signature does not hold. */
    readonly expect: ExpectedBundle | null;
  }[];
}

interface ExpectedBundle {
  readonly identityKey: string;
  readonly signedPreKeyId: number;
  readonly signedPreKeyPublic: string;
  readonly signedPreKeySignature: string;
  readonly preKeys: readonly { readonly id: number; readonly public: string }[];
  /** Ids that come twice: which of the keys counts is left open. */
  readonly ambiguousPreKeyIds?: readonly number[];
}

/** Vectors that only a check of the signature refuses, which is the backend's part. */
const SIGNED: ReadonlySet<string> = new Set([
  "signature changed",
  "signed prekey changed",
  "identity key changed",
  "signature over the key without the 0x05 byte",
  "signature with bit 7 of byte 63 set",
  "identity key with the other sign bit: the signature fails",
]);

/** Both what we read and what a vector expects, in one form, without prekeys left open. */
function neutral(
  version: OmemoVersion,
  bundle: ReturnType<typeof readBundle> | ExpectedBundle,
  { ambiguousPreKeyIds = [] }: Partial<ExpectedBundle> = {},
): unknown {
  if ("kind" in bundle) return bundle;
  const keyOf = (written: string) => fromHex(version === LEGACY ? written.slice(2) : written);
  const isVector = "signedPreKeyPublic" in bundle;
  const preKeys = isVector
    ? bundle.preKeys.map(({ id, public: key }) => ({ id, key: keyOf(key) }))
    : bundle.preKeys.filter(({ id }) => !ambiguousPreKeyIds.includes(id));
  if (!isVector) return { ...bundle, preKeys };
  return {
    identityKey: fromHex(bundle.identityKey),
    signedPreKeyId: bundle.signedPreKeyId,
    signedPreKey: keyOf(bundle.signedPreKeyPublic),
    signedPreKeySignature: fromHex(bundle.signedPreKeySignature),
    preKeys,
  };
}

function reasonOf(version: OmemoVersion, payload: XmlElement): string | undefined {
  const read = readBundle(version, payload);
  return isMalformed(read) ? read.reason : undefined;
}

/** White space before, within and after each text. */
function spread(element: XmlElement): XmlElement {
  const children = element.children.map((child) =>
    typeof child === "string" ? `\n  ${child.replace(/.{20}/g, "$&\r\n\t")} ` : spread(child),
  );
  return { ...element, children };
}
