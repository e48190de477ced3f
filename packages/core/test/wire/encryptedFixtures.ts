import fc from "fast-check";
import {
  type BareJid,
  bareJid,
  deviceId,
  LEGACY,
  OMEMO_2,
  type OmemoVersion,
  type XmlElement,
} from "../../src/index.js";
import {
  type EncryptedElement,
  type EncryptedInput,
  type RecipientKeys,
  readEncrypted,
  toBase64,
  xml,
} from "../../src/wire/index.js";
import { OWN } from "./arbitraries.js";
import { bytes } from "./bundleFixtures.js";

export const ALICE: BareJid = bareJid("alice@example.org");

/** What the only element of a message is read as. */
export function read(element: XmlElement, own: typeof OWN = OWN): EncryptedElement | undefined {
  return readEncrypted(xml("message", {}, element), own)[0];
}

export function bytesOf(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Parts of an element to change. */
export interface Edit {
  readonly sid?: string | undefined;
  readonly text?: string;
  readonly iv?: string | undefined;
  readonly payload?: string | undefined;
}

/** An element with one key for us, changed in some places; `undefined` takes a part away. */
export function edited(
  version: OmemoVersion,
  keyAttributes: readonly (readonly [string, string | undefined])[],
  edit: Edit = {},
): XmlElement {
  const { sid, text, iv, payload } = {
    ...{ sid: "1001", text: "AQID", iv: toBase64(bytes(12)), payload: "/w==" },
    ...edit,
  };
  const key = xml("key", { rid: "2001", ...Object.fromEntries(keyAttributes) }, text);
  return withKeys(version, [key], { sid, iv, payload });
}

export function withKeys(
  version: OmemoVersion,
  keys: readonly XmlElement[],
  { sid, iv, payload }: Edit = { sid: "1001", iv: toBase64(bytes(12)), payload: "/w==" },
): XmlElement {
  const vector = iv === undefined || version === OMEMO_2 ? [] : [xml("iv", {}, iv)];
  const group = version === OMEMO_2 ? [xml("keys", { jid: OWN.jid }, ...keys)] : keys;
  const body = payload === undefined ? [] : [xml("payload", {}, payload)];
  return xml("encrypted", { xmlns: version }, xml("header", { sid }, ...group, ...vector), ...body);
}

export function input(version: OmemoVersion): EncryptedInput {
  const key = (id: number, value: readonly number[], isKeyExchange: boolean) => ({
    deviceId: deviceId(id),
    bytes: Uint8Array.from(value),
    isKeyExchange,
  });
  return {
    version,
    senderDeviceId: deviceId(1001),
    recipients: [
      { jid: OWN.jid, keys: [key(2001, [1, 2, 3], true), key(2002, [4, 5], false)] },
      { jid: ALICE, keys: [key(1002, [6], false)] },
    ],
    payload: Uint8Array.of(0xff),
    ...(version === LEGACY ? { iv: new Uint8Array(12) } : {}),
  };
}

export function inputs(version: OmemoVersion): fc.Arbitrary<EncryptedInput> {
  const id = fc.oneof(fc.constant(2001), fc.integer({ min: 1, max: 0x7fff_ffff })).map(deviceId);
  const key = fc.record({
    deviceId: id,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    isKeyExchange: fc.boolean(),
  });
  const recipient: fc.Arbitrary<RecipientKeys> = fc.record({
    jid: fc.constantFrom(...["bob@example.org", "alice@example.org", "carol@x"].map(bareJid)),
    keys: fc.uniqueArray(key, { selector: (each) => each.deviceId, minLength: 1, maxLength: 3 }),
  });
  return fc.record(
    {
      version: fc.constant(version),
      senderDeviceId: id,
      recipients: fc.uniqueArray(recipient, { selector: (each) => each.jid, minLength: 1 }),
      payload: fc.uint8Array({ maxLength: 40 }),
      ...(version === LEGACY && { iv: fc.uint8Array({ minLength: 12, maxLength: 12 }) }),
    },
    {
      requiredKeys: [
        "version",
        "senderDeviceId",
        "recipients",
        ...(version === LEGACY ? ["iv" as const] : []),
      ],
    },
  ) as fc.Arbitrary<EncryptedInput>;
}
