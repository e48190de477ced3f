import { fingerprintOf, type OmemoDevice, type OmemoFingerprint } from "../../domain/device.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { DecryptionAttempt } from "../../session/attempt.js";
import type { readKeyHeader } from "../../wire/keyMessage/readKeyHeader.js";
import type { Context } from "../context.js";
import type { KeyResult } from "./openKey.js";

/** A key that was tried. */
export interface TriedKey {
  readonly device: OmemoDevice;
  readonly version: OmemoVersion;
  readonly header: ReturnType<typeof readKeyHeader>;
  /** When that began, ms since 1970. */
  readonly since: number;
}

/** Tells who wants to know what came of a key; costs nothing where nobody does. */
export function tellAttempt(context: Context, tried: TriedKey, result: KeyResult): void {
  if (context.events.isHeard("attempt")) {
    context.events.notify("attempt", attemptOf(context, tried, result));
  }
}

function attemptOf(
  context: Context,
  { device, version, header, since }: TriedKey,
  result: KeyResult,
): DecryptionAttempt {
  const isOpened = result.kind === "opened";
  const announced = header.kind === "malformed" ? undefined : header.counter;
  const exchange = header.kind === "key-exchange" ? header : undefined;
  return {
    device,
    version,
    kind: header.kind,
    outcome: isOpened ? "opened" : result.reason,
    fingerprint: isOpened ? result.identity.fingerprint : keyIn(context, version, exchange),
    counter: isOpened ? result.opened.counter : announced,
    preKeyId: exchange?.preKeyId,
    signedPreKeyId: exchange?.signedPreKeyId,
    isNewSession: isOpened && result.opened.isNewSession,
    duration: context.clock.now() - since,
  };
}

function keyIn(
  { backend }: Context,
  version: OmemoVersion,
  exchange: { readonly identityKey: Uint8Array } | undefined,
): OmemoFingerprint | undefined {
  const key = exchange && backend.decodeIdentityKey(version, exchange.identityKey);
  return key && fingerprintOf(key);
}
