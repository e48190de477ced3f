import fc from "fast-check";
import {
  bareJid,
  deviceId,
  LEGACY,
  OMEMO_2,
  type OmemoDevice,
  type OmemoVersion,
  type XmlElement,
} from "../../src/index.js";
import { namespaces, toBase64 } from "../../src/wire/index.js";

export const BOTH: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/** The device that the tests here read as. */
export const OWN: OmemoDevice = { jid: bareJid("bob@example.org"), deviceId: deviceId(2001) };

/** Text of every character that XML 1.0 can carry, with markup and white space more often. */
export function xmlText(): fc.Arbitrary<string> {
  const range = (min: number, max: number) =>
    fc.integer({ min, max }).map((code) => String.fromCodePoint(code));
  const character = fc.oneof(
    fc.constantFrom("<", ">", "&", "'", '"', "]]>", "\t", "\n", "\r", " ", "&amp;", "&#0;"),
    range(0x20, 0x7e),
    range(0x7f, 0xd7ff),
    range(0xe000, 0xfffd),
    range(0x1_0000, 0x10_ffff),
  );
  return fc.array(character, { maxLength: 12 }).map((characters) => characters.join(""));
}

/** Any tree that can be written and that reads back as itself. */
export function xmlTree(): fc.Arbitrary<XmlElement> {
  const name = fc.stringMatching(/^[A-Za-z_é][A-Za-z0-9_.-]{0,8}$/).filter((it) => it !== "xmlns");
  const namespace = fc.constantFrom({}, { xmlns: "urn:a" }, { xmlns: "jabber:client" });
  const attrs = fc
    .tuple(namespace, fc.array(fc.tuple(name, xmlText()), { maxLength: 4 }))
    .map(([xmlns, others]) => Object.fromEntries([...Object.entries(xmlns), ...others]));
  return treeOf(name, attrs, xmlText());
}

/** Trees of the words that decoders look for, in wrong places, doubled, and with wrong values. */
export function hostileTree(): fc.Arbitrary<XmlElement> {
  const name = fc.constantFrom(...NAMES);
  const attribute = fc.oneof(
    fc.tuple(fc.constant("xmlns"), fc.constantFrom(...NAMESPACES)),
    fc.tuple(fc.constantFrom(...ID_ATTRIBUTES), fc.constantFrom(...IDS)),
    fc.tuple(fc.constantFrom("jid", "by", "to", "from"), fc.constantFrom(...JIDS)),
    fc.tuple(fc.constantFrom("kex", "prekey", "label", "x:y", "xmlns:x", "__proto__"), xmlText()),
  );
  const attrs = fc.array(attribute, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs));
  const text = fc.oneof(
    fc.constantFrom("", " ", "\n", "=", "AAAA", "!!!!"),
    fc.constantFrom(0, 11, 12, 16, 31, 32, 33, 48, 64, 65).chain(base64Of),
    fc.uint8Array({ maxLength: 80 }).map(toBase64),
  );
  return treeOf(name, attrs, text);
}

function base64Of(length: number): fc.Arbitrary<string> {
  const bytes = fc.uint8Array({ minLength: length, maxLength: length });
  return fc.tuple(bytes, fc.boolean()).map(([value, isTyped]) => {
    if (isTyped) value[0] = 0x05;
    return toBase64(value);
  });
}

function treeOf(
  name: fc.Arbitrary<string>,
  attrs: fc.Arbitrary<Record<string, string>>,
  text: fc.Arbitrary<string>,
): fc.Arbitrary<XmlElement> {
  const { tree } = fc.letrec<{ tree: XmlElement; children: readonly (XmlElement | string)[] }>(
    (tie) => ({
      tree: fc.record({ name, attrs, children: tie("children") }),
      children: fc
        .array(fc.oneof({ depthSize: "medium", maxDepth: 6 }, text, tie("tree")), { maxLength: 5 })
        .map(joinTexts),
    }),
  );
  return tree;
}

/** Neighbouring texts are one text in XML, and an empty one is none. */
function joinTexts(children: readonly (XmlElement | string)[]): readonly (XmlElement | string)[] {
  const joined: (XmlElement | string)[] = [];
  for (const child of children) {
    const last = joined.at(-1);
    if (typeof child === "string" && typeof last === "string") joined.splice(-1, 1, last + child);
    else if (child !== "") joined.push(child);
  }
  return joined;
}

const NAMES: readonly string[] = [
  ...["message", "encrypted", "header", "keys", "key", "iv", "payload"],
  ...["devices", "list", "device", "bundle", "spk", "spks", "ik", "prekeys", "pk"],
  ...["signedPreKeyPublic", "signedPreKeySignature", "identityKey", "preKeyPublic"],
  ...["envelope", "content", "rpad", "time", "to", "from", "body", "origin-id", "stanza-id"],
  ...["x:device", "constructor"],
];
const NAMESPACES: readonly string[] = [OMEMO_2, LEGACY, ...Object.values(namespaces), "", "urn:x"];
const ID_ATTRIBUTES: readonly string[] = ["id", "sid", "rid", "signedPreKeyId", "preKeyId"];
const IDS: readonly string[] = ["2001", "1", "0", "-1", " 7 ", "2147483648", "4294967296", "", "x"];
const JIDS: readonly string[] = ["bob@example.org", "BOB@example.org/x", "@", "", "room@muc"];
