import { bareJid, type OmemoIdentity } from "@omemo/core";
import { compareKeys, type KeyComparison, parseFingerprintUri } from "@omemo/trust/verification";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";

/** What a link proved. */
interface Verified {
  readonly verified: readonly { readonly device: number; readonly key: string }[];
  /** Devices that the link names and the account does not. */
  readonly unknown: readonly number[];
}

/**
 * Compares the keys of an account with a link that its owner gave by another way, and decides that
 * they are the right ones. Nothing is decided when the link is about somebody else, or when a single
 * one of its devices shows another key.
 */
export async function verify(peer: Peer, command: Command): Promise<Verified> {
  const { manager, trust } = peer;
  const jid = bareJid(textField(command, "jid"));
  const link = parseFingerprintUri(textField(command, "uri"));
  if (link === undefined) throw new Error('"uri" is no link to OMEMO keys');
  await manager.requestDeviceListUpdateFor(jid);
  const shown = await manager.getActiveFingerprints(jid);
  const comparison = compareKeys(link, jid, shown);
  refuseUnlessProved(comparison, link.jid, jid);
  for (const identity of comparison.matching) {
    await trust.decide(identity, "authenticated", { why: "compared with a link" });
  }
  return {
    verified: comparison.matching.map(({ deviceId, fingerprint }) => {
      return { device: deviceId, key: fingerprint };
    }),
    unknown: comparison.unknown.map(({ deviceId }) => deviceId),
  };
}

function refuseUnlessProved(
  { isExpectedAccount, contradicting, matching }: KeyComparison,
  named: string,
  expected: string,
): void {
  if (!isExpectedAccount) throw new Error(`the link is about ${named}, not about ${expected}`);
  if (contradicting.length > 0) {
    throw new Error(
      `${listed(contradicting)} of ${expected} shows another key than the link names: ` +
        "somebody may be in the middle",
    );
  }
  if (matching.length === 0) throw new Error(`${expected} has none of the devices in the link`);
}

function listed(identities: readonly OmemoIdentity[]): string {
  return `device ${identities.map(({ deviceId }) => deviceId).join(", ")}`;
}
