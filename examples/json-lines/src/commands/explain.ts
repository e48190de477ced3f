import { bareJid, type OmemoIdentity } from "@omemo/core";
import type { TrustReason } from "@omemo/trust";
import { type Command, textField } from "../command.js";
import { TRUST_LEVELS } from "../describe.js";
import type { Peer } from "../peer.js";

/** Why the key of a device is trusted or not. */
interface Explained {
  readonly device: number;
  readonly key: string;
  readonly trust: string;
  readonly reason: TrustReason;
  /** One sentence. */
  readonly text: string;
}

/**
 * What is decided about each known key of an account, in its own conversation unless the command
 * names a `conversation`.
 */
export async function explain(
  { manager, trust }: Peer,
  command: Command,
): Promise<readonly Explained[]> {
  const jid = bareJid(textField(command, "jid"));
  const place = command.conversation === undefined ? jid : textField(command, "conversation");
  const known = await manager.getDevicesOf(jid);
  const identities = known.flatMap(({ device, fingerprint }): readonly OmemoIdentity[] => {
    return fingerprint === undefined ? [] : [{ ...device, fingerprint }];
  });
  const explanations = await trust.explain(identities, bareJid(place));
  return explanations.map(({ identity, state, reason, text }) => {
    const { deviceId, fingerprint } = identity;
    return { device: deviceId, key: fingerprint, trust: TRUST_LEVELS[state], reason, text };
  });
}
