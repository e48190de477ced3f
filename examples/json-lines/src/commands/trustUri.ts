import { bareJid } from "@omemo/core";
import { formatTrustUri, parseTrustUri } from "@omemo/trust/atm";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";
import { describeKey } from "../trust/describeAutomatic.js";
import { nameOfLevel } from "./levelField.js";

/** The link by which other clients authenticate the key of this device. */
export async function trustUri({ manager }: Peer): Promise<string> {
  const { jid } = manager.getOwnDevice();
  return formatTrustUri({ jid, trust: [manager.getOwnFingerprint()] });
}

/**
 * Decides as such a link says about the keys of an account. Nothing is decided when it is about
 * another account, or when it would overturn what was decided before and `overturn` is not true.
 */
export async function applyTrustUri(
  { manager, automatic }: Peer,
  command: Command,
): Promise<readonly unknown[]> {
  if (automatic === undefined) throw new Error("trust links need --trust atm");
  const jid = bareJid(textField(command, "jid"));
  const link = parseTrustUri(textField(command, "uri"));
  if (link === undefined) throw new Error('"uri" is no trust message');
  await manager.requestDeviceListUpdateFor(jid);
  const shown = await manager.getActiveFingerprints(jid);
  const review = await automatic.reviewUri(link, jid, shown);
  if (!review.isExpectedAccount) throw new Error(`the link is about ${link.jid}, not about ${jid}`);
  if (review.changes.some(({ overturns }) => overturns) && command.overturn !== true) {
    throw new Error('the link overturns what was decided before: "overturn" says that it may');
  }
  await automatic.applyUri(review);
  return review.changes.map(({ key, before, after }) => ({
    ...describeKey(key),
    level: nameOfLevel(after),
    before: before === undefined ? null : nameOfLevel(before),
  }));
}
