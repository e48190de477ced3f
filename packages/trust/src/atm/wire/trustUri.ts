import {
  type BareJid,
  fromHex,
  OMEMO_2,
  OmemoError,
  type OmemoFingerprint,
  toHex,
} from "@omemo/core";
import { decode, encodeAddress, splitUri } from "../../xmppUri.js";
import { keyIdsOf, type NamedKey, readKeyId } from "./keyId.js";
import { MAX_KEYS, type TrustVerdict } from "./trustMessage.js";

/** What a Trust Message URI says of the keys of one account [TM-09]. */
export interface TrustUri {
  readonly jid: BareJid;
  readonly keys: readonly { readonly key: NamedKey; readonly verdict: TrustVerdict }[];
}

/** The keys of an account that a link is to name. */
export interface TrustUriKeys {
  readonly jid: BareJid;
  readonly trust?: readonly OmemoFingerprint[];
  readonly distrust?: readonly OmemoFingerprint[];
}

/**
 * The link, and content of the QR code, by which another client authenticates these keys
 * [TM-09, ATM-14]: `xmpp:bob@example.org?trust-message;encryption=urn:xmpp:omemo:2;trust=HEX`.
 * Keys are named by the Ed25519 form with sign bit 0, which those of this library have.
 * @throws OmemoError `invalid-input` without keys.
 */
export function formatTrustUri({ jid, trust = [], distrust = [] }: TrustUriKeys): string {
  if (trust.length + distrust.length === 0) {
    throw new OmemoError("invalid-input", "a link names one or more keys");
  }
  const pairs = [
    `encryption=${OMEMO_2}`,
    ...trust.map((key) => `trust=${toHex(keyIdsOf(key)[0])}`),
    ...distrust.map((key) => `distrust=${toHex(keyIdsOf(key)[0])}`),
  ];
  return `xmpp:${encodeAddress(jid)}?trust-message;${pairs.join(";")}`;
}

/**
 * Reads such a link. Nothing is decided by it: its source has to be trusted, the user asked, and the
 * account compared with the one that he is looking at [TM-10]. `undefined` when it is none, is about
 * another encryption, or says anything else.
 */
export function parseTrustUri(text: string): TrustUri | undefined {
  const link = splitUri(text);
  if (link?.action !== "trust-message") return undefined;
  const [first, ...pairs] = link.parameters;
  if (first?.[0] !== "encryption" || decode(first[1]) !== OMEMO_2) return undefined;
  if (pairs.length === 0 || pairs.length > MAX_KEYS) return undefined;
  const keys = pairs.map(([name, hex]) => {
    const bytes = fromHex(hex);
    const key = bytes && readKeyId(bytes);
    const isKnown = name === "trust" || name === "distrust";
    return key === undefined || !isKnown ? undefined : { key, verdict: name as TrustVerdict };
  });
  const whole = keys.filter((key) => key !== undefined);
  return whole.length === keys.length ? { jid: link.jid, keys: whole } : undefined;
}
