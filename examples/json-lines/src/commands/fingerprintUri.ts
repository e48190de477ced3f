import { formatFingerprintUri } from "@omemo/trust/verification";
import type { Peer } from "../peer.js";

/** The link to the key of this device, which is also the content of a QR code. */
export async function fingerprintUri({ manager }: Peer): Promise<string> {
  const fingerprint = manager.getOwnFingerprint();
  return formatFingerprintUri([{ ...manager.getOwnDevice(), fingerprint }]);
}
