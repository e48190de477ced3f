import {
  type BareJid,
  OMEMO_2,
  type OmemoFingerprint,
  parseBareJid,
  type XmlElement,
} from "@omemo/core";
import {
  childrenOf,
  elementsOf,
  fromBase64,
  type QualifiedElement,
  qualify,
  textOf,
  toBase64,
  xml,
} from "@omemo/core/wire";
import { keyIdsOf, type NamedKey, readKeyId } from "./keyId.js";

/** XEP-0434: what says of keys whether they are to be trusted. */
export const TRUST_MESSAGES = "urn:xmpp:tm:1";
/** XEP-0450: what they are used for here. */
export const AUTOMATIC_TRUST = "urn:xmpp:atm:1";
/** Keys in one message; more make it unreadable, so that hostile ones stay small [ATM-08]. */
export const MAX_KEYS = 200;

/** That somebody authenticated a key, or distrusts it. */
export type TrustVerdict = "trust" | "distrust";

/** A verdict on a key, as a message is made of them. */
export interface SpokenVerdict {
  readonly jid: BareJid;
  readonly fingerprint: OmemoFingerprint;
  readonly verdict: TrustVerdict;
}

/** A verdict on a key, as a message says it. */
export interface HeardVerdict {
  readonly jid: BareJid;
  readonly key: NamedKey;
  readonly verdict: TrustVerdict;
}

/** Why the content of a message is no trust message for us [TM-06]. */
export type TrustMessageRefusal =
  | "not-one-trust-message"
  | "unknown-usage"
  | "unknown-encryption"
  | "malformed"
  | "too-many-keys";

/** The element for these verdicts; at most {@link MAX_KEYS} / 2 of them [TM-01, TM-02]. */
export function writeTrustMessage(verdicts: readonly SpokenVerdict[]): XmlElement {
  const owners = [...new Set(verdicts.map(({ jid }) => jid))];
  return xml(
    "trust-message",
    { xmlns: TRUST_MESSAGES, usage: AUTOMATIC_TRUST, encryption: OMEMO_2 },
    ...owners.map((jid) => {
      const ofOwner = verdicts.filter((each) => each.jid === jid);
      return xml("key-owner", { jid }, ...ofOwner.flatMap(verdictElements));
    }),
  );
}

function verdictElements({ fingerprint, verdict }: SpokenVerdict): readonly XmlElement[] {
  return keyIdsOf(fingerprint).map((keyId) => xml(verdict, {}, toBase64(keyId)));
}

/** Whether a message says something to this program and nothing to people [ATM-10]. */
export function isTrustMessage(content: readonly XmlElement[]): boolean {
  return content.length > 0 && content.every(({ attrs }) => attrs.xmlns === TRUST_MESSAGES);
}

/** Reads the content of a decrypted message; what is hostile is a reason, never an error [TM-01]. */
export function readTrustMessage(
  content: readonly XmlElement[],
): readonly HeardVerdict[] | TrustMessageRefusal {
  const [found, ...others] = content
    .map((element) => qualify(element))
    .filter(({ namespace }) => namespace === TRUST_MESSAGES);
  if (found === undefined || found.name !== "trust-message" || others.length > 0) {
    return "not-one-trust-message";
  }
  if (found.attrs.usage !== AUTOMATIC_TRUST) return "unknown-usage";
  if (found.attrs.encryption !== OMEMO_2) return "unknown-encryption";
  const owners = childrenOf(found, "key-owner");
  const count = owners.reduce((sum, owner) => sum + elementsOf(owner).length, 0);
  if (count > MAX_KEYS) return "too-many-keys";
  const verdicts = owners.map(readOwner);
  const isWhole = verdicts.length > 0 && verdicts.every((each) => each !== undefined);
  return isWhole ? verdicts.flat() : "malformed";
}

/** `undefined` for an owner who is none, or of whom nothing readable is said. */
function readOwner(owner: QualifiedElement): readonly HeardVerdict[] | undefined {
  const written = owner.attrs.jid ?? "";
  const jid = written.includes("/") ? undefined : parseBareJid(written);
  if (jid === undefined) return undefined;
  const verdicts = (["trust", "distrust"] as const).flatMap((verdict) =>
    childrenOf(owner, verdict).map((element) => {
      const bytes = fromBase64(textOf(element), 32);
      return { jid, key: bytes && readKeyId(bytes), verdict };
    }),
  );
  const whole = verdicts.filter((each): each is HeardVerdict => each.key !== undefined);
  return whole.length > 0 && whole.length === verdicts.length ? whole : undefined;
}
