import fc from "fast-check";
import { LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "../../src/index.js";
import { type Bundle, writeBundle, xml } from "../../src/wire/index.js";

type Part = "signedPreKey" | "signature" | "identityKey" | "preKey";

/** What the parts of a bundle are called. */
export const NAMES: Readonly<Record<OmemoVersion, Readonly<Record<Part, string>>>> = {
  [OMEMO_2]: { signedPreKey: "spk", signature: "spks", identityKey: "ik", preKey: "pk" },
  [LEGACY]: {
    signedPreKey: "signedPreKeyPublic",
    signature: "signedPreKeySignature",
    identityKey: "identityKey",
    preKey: "preKeyPublic",
  },
};

/** Bytes that differ from those of another length or seed. */
export function bytes(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (seed * 37 + index * 11) % 251);
}

/** A public key of that many bytes as the version writes it. */
export function publicKey(version: OmemoVersion, length = 32, seed = 1): Uint8Array {
  return Uint8Array.of(...(version === LEGACY ? [0x05] : []), ...bytes(length, seed));
}

export function otherThan(version: OmemoVersion): OmemoVersion {
  return version === OMEMO_2 ? LEGACY : OMEMO_2;
}

/** A bundle with three prekeys. */
export function sampleBundle(version: OmemoVersion): Bundle {
  return {
    identityKey: publicKey(version),
    signedPreKeyId: 7,
    signedPreKey: bytes(32, 2),
    signedPreKeySignature: bytes(64, 3),
    preKeys: [1, 2, 3].map((id) => ({ id, key: bytes(32, 10 + id) })),
  };
}

/** Any bundle that we would publish. */
export function bundles(version: OmemoVersion): fc.Arbitrary<Bundle> {
  const highest = version === OMEMO_2 ? 0x7fff_ffff : 0xff_fffe;
  const id = fc.integer({ min: 1, max: highest }).filter((each) => each !== 0xff_ffff);
  const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  return fc.record({
    identityKey: fixed(32).map((key) => (version === LEGACY ? Uint8Array.of(0x05, ...key) : key)),
    signedPreKeyId: id,
    signedPreKey: fixed(32),
    signedPreKeySignature: fixed(64),
    preKeys: fc.uniqueArray(fc.record({ id, key: fixed(32) }), {
      selector: (preKey) => preKey.id,
      minLength: 1,
      maxLength: 5,
    }),
  });
}

/** The sample as XML, with each element of that name replaced. */
export function editedBundle(
  version: OmemoVersion,
  name: string,
  edit: (element: XmlElement, index: number) => XmlElement | undefined,
): XmlElement {
  let index = -1;
  const rewrite = (element: XmlElement): XmlElement => ({
    ...element,
    children: element.children.flatMap((child): readonly (XmlElement | string)[] => {
      if (typeof child === "string") return [child];
      if (child.name !== name) return [rewrite(child)];
      index += 1;
      const edited = edit(child, index);
      return edited === undefined ? [] : [edited];
    }),
  });
  return rewrite(writeBundle(version, sampleBundle(version)));
}

/** The sample as XML, with another text in the first element of that name. */
export function withText(version: OmemoVersion, name: string, text: string): XmlElement {
  return editedBundle(version, name, (element, index) =>
    index === 0 ? { ...element, children: [text] } : element,
  );
}

/** The sample as XML, with another id at the first element of that name. */
export function withId(version: OmemoVersion, name: string, id: string | undefined): XmlElement {
  return editedBundle(version, name, (element, index) => {
    const [attribute] = Object.keys(element.attrs);
    if (index > 0 || attribute === undefined) return element;
    return xml(name, { [attribute]: id }, ...element.children);
  });
}
