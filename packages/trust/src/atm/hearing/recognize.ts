import {
  type BareJid,
  fromHex,
  type OmemoIdentity,
  type OmemoManager,
  type OmemoStore,
} from "@omemo/core";
import { nameOf, type Statement } from "../rules/statement.js";
import { decodeSaid, SAID } from "../state/saidRecord.js";
import { readKeyId } from "../wire/keyId.js";

/**
 * Devices show keys: what was said before of a key identifier that is the Curve25519 form of one was
 * said of this key [TM-02, ATM-07]. The other forms need nothing: they name the key already.
 */
export function recognize(
  shown: readonly OmemoIdentity[],
  statements: readonly Statement[],
): readonly Statement[] {
  const owners = new Set(statements.map(({ subject }) => subject.jid));
  const meant = new Map<string, OmemoIdentity>();
  for (const identity of shown) {
    if (!owners.has(identity.jid)) continue;
    const { jid } = identity;
    const taken = readKeyId(fromHex(identity.fingerprint) ?? new Uint8Array(0));
    if (taken !== undefined) meant.set(nameOf({ jid, fingerprint: taken.fingerprint }), identity);
  }
  return statements.map((statement) => {
    const subject = meant.get(nameOf(statement.subject));
    return subject === undefined ? statement : { ...statement, subject };
  });
}

/** Keys of those of whom something was said, as far as their devices showed them. */
export async function shownKeys(
  store: OmemoStore,
  manager: Pick<OmemoManager, "getDevicesOf">,
): Promise<readonly OmemoIdentity[]> {
  const owners = new Set<BareJid>();
  for await (const record of store.list(SAID)) {
    for (const { subject } of decodeSaid(record)) owners.add(subject.jid);
  }
  const shown: OmemoIdentity[] = [];
  for (const jid of owners) {
    for (const { device, fingerprint } of await manager.getDevicesOf(jid)) {
      if (fingerprint !== undefined) shown.push({ ...device, fingerprint });
    }
  }
  return shown;
}
