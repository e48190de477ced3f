import {
  type ChosenBundle,
  equalBytes,
  type Initiated,
  type InitiateInput,
  type Refused,
} from "@omemo/core";
import { isLowOrder } from "../keys/coordinates.js";
import { decodeIdentityKey } from "../keys/keyFunctions.js";
import { refusalOf } from "../library/refusalOf.js";
import { startSession } from "../library/startSession.js";
import { refuse } from "./openInRecord.js";
import { changeTo, decodeHead, inFrontOf, savedState } from "./sessionRecord.js";

/** Builds a session from a bundle, in front of what there is [W-33, W-86]. */
export async function initiate({
  identity,
  deviceId,
  bundle,
  existing,
}: InitiateInput): Promise<Initiated | Refused> {
  const identityKey = decodeIdentityKey(bundle.identityKey);
  if (identityKey === undefined || !hasGoodKeys(bundle)) return refuse("malformed");
  if (bundle.signedPreKeySignature.length !== 64) return refuse("not-authentic");
  const record = existing && decodeHead(existing);
  const { privateKey } = identity;
  const answer = await startSession({ privateKey, deviceId }, bundle);
  if (answer.kind === "failed") return refuse(refusalOf(answer));
  if (record !== undefined && !equalBytes(record.current.peerIdentity, identityKey)) {
    return refuse("identity-differs");
  }
  const change = changeTo(inFrontOf(savedState(answer.record), record));
  return { kind: "initiated", identityKey, change };
}

function hasGoodKeys({ signedPreKey, preKeyId, preKey }: ChosenBundle): boolean {
  const isGood = (key: Uint8Array) => key.length === 32 && !isLowOrder(key);
  if (!isGood(signedPreKey)) return false;
  return preKey === undefined ? preKeyId === undefined : preKeyId !== undefined && isGood(preKey);
}
