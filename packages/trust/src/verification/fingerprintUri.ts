import {
  type BareJid,
  type DeviceId,
  isDeviceId,
  OmemoError,
  type OmemoFingerprint,
  type OmemoIdentity,
} from "@omemo/core";
import { encodeAddress, splitUri } from "../xmppUri.js";

/** A key as a link or QR code names it. */
export interface ShownKey {
  readonly deviceId: DeviceId;
  readonly fingerprint: OmemoFingerprint;
}

/** What a link says: these devices of that account have these keys. */
export interface FingerprintUri {
  readonly jid: BareJid;
  readonly keys: readonly ShownKey[];
}

const PARAMETER = "omemo-sid-";

/**
 * The link, and content of the QR code, by which others verify these keys [L-83]:
 * `xmpp:alice@example.org?omemo-sid-77123=HEX;omemo-sid-900=HEX`.
 * @throws OmemoError `invalid-input` without keys, or with keys of several accounts.
 */
export function formatFingerprintUri(identities: readonly OmemoIdentity[]): string {
  const [first] = identities;
  if (first === undefined || identities.some(({ jid }) => jid !== first.jid)) {
    throw new OmemoError("invalid-input", "a link names one or more keys of one account");
  }
  const keys = identities.map(({ deviceId, fingerprint }) => {
    return `${PARAMETER}${deviceId}=${fingerprint}`;
  });
  return `xmpp:${encodeAddress(first.jid)}?${keys.join(";")}`;
}

/**
 * Reads such a link, with or without an action such as `message` before the keys, in any order.
 * `undefined` when it is none, or names a device twice: whoever made it is not to be believed.
 */
export function parseFingerprintUri(text: string): FingerprintUri | undefined {
  const link = splitUri(text);
  if (link === undefined) return undefined;
  const keys = link.parameters
    .filter(([name]) => name.startsWith(PARAMETER))
    .map(([name, value]) => shownKey(name.slice(PARAMETER.length), value));
  const ids = new Set(keys.map((key) => key?.deviceId));
  if (keys.length === 0 || ids.has(undefined) || ids.size !== keys.length) return undefined;
  return { jid: link.jid, keys: keys.flatMap((key) => (key === undefined ? [] : [key])) };
}

function shownKey(id: string, value: string): ShownKey | undefined {
  const deviceId = /^[1-9][0-9]{0,9}$/.test(id) ? Number(id) : 0;
  const fingerprint = value.toLowerCase();
  if (!isDeviceId(deviceId) || !/^[0-9a-f]{64}$/.test(fingerprint)) return undefined;
  return { deviceId, fingerprint: fingerprint as OmemoFingerprint };
}
