import type { DeviceId } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { toBase64 } from "./base64.js";
import { checkInput } from "./checkInput.js";
import { xml } from "./xml/element.js";

/** Encrypted key material for one device. */
export interface DeviceKey {
  readonly deviceId: DeviceId;
  /** A ratchet message or key exchange of the version, serialised. */
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
}

/** The devices of one account that a message is encrypted for. */
export interface RecipientKeys {
  readonly jid: BareJid;
  readonly keys: readonly DeviceKey[];
}

/** What an `<encrypted/>` element is made of. */
export interface EncryptedInput {
  readonly version: OmemoVersion;
  readonly senderDeviceId: DeviceId;
  /**
   * Each account once; accounts without keys are left out. The order is kept: put the own account
   * last, since some legacy clients read only the first key with their device id.
   */
  readonly recipients: readonly RecipientKeys[];
  /** Ciphertext; absent in empty messages and key transports. [O2-137, L-49] */
  readonly payload?: Uint8Array;
  /** 12 bytes, in the legacy version always. [L-36, L-41] */
  readonly iv?: Uint8Array;
}

const IV_LENGTH = 12;

/**
 * The `<encrypted/>` element. Key exchanges are marked as such, other keys not at all, because some
 * readers take any value for true. [O2-80 … O2-83, L-39 … L-42]
 * @throws OmemoError `invalid-input` when there is no key, a key is empty, an account or one of its
 * devices comes twice, or the initialisation vector does not suit the version.
 */
export function writeEncrypted(input: EncryptedInput): XmlElement {
  checkRecipients(input.recipients);
  const { version, iv } = input;
  checkInput(version === LEGACY ? iv?.length === IV_LENGTH : iv === undefined, "unsuitable IV");
  const recipients = input.recipients.filter(({ keys }) => keys.length > 0);
  const header = version === OMEMO_2 ? groupedKeys(recipients) : plainKeys(recipients);
  return xml(
    "encrypted",
    { xmlns: version },
    xml(
      "header",
      { sid: String(input.senderDeviceId) },
      ...header,
      ...(iv ? [xml("iv", {}, toBase64(iv))] : []),
    ),
    ...(input.payload ? [xml("payload", {}, toBase64(input.payload))] : []),
  );
}

function groupedKeys(recipients: readonly RecipientKeys[]): readonly XmlElement[] {
  return recipients.map(({ jid, keys }) =>
    xml("keys", { jid }, ...keys.map((key) => writeKey(key, "kex"))),
  );
}

/** One key each, even where two accounts own the same device id. [L-42] */
function plainKeys(recipients: readonly RecipientKeys[]): readonly XmlElement[] {
  return recipients.flatMap(({ keys }) => keys.map((key) => writeKey(key, "prekey")));
}

function writeKey(key: DeviceKey, mark: "kex" | "prekey"): XmlElement {
  return xml(
    "key",
    { rid: String(key.deviceId), [mark]: key.isKeyExchange ? "true" : undefined },
    toBase64(key.bytes),
  );
}

function checkRecipients(recipients: readonly RecipientKeys[]): void {
  checkInput(isDistinct(recipients.map(({ jid }) => jid)), "an account comes twice");
  for (const { keys } of recipients) {
    checkInput(isDistinct(keys.map(({ deviceId }) => deviceId)), "a device comes twice");
    checkInput(
      keys.every(({ bytes }) => bytes.length > 0),
      "a key without bytes",
    );
  }
  checkInput(
    recipients.some(({ keys }) => keys.length > 0),
    "an encrypted element without keys",
  );
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
