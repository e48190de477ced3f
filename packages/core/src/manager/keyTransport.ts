import type { Sent } from "../domain/sent.js";
import { LEGACY } from "../domain/version.js";
import { emptyKeyMaterial } from "../wire/payload.js";
import { accountOf } from "./conversation.js";
import type { Runtime } from "./runtime.js";
import { encrypt } from "./send.js";
import type { SendOptions } from "./sendOptions.js";

/** A key that was encrypted for other devices, for use in another protocol [L-49]. */
export interface KeyTransport {
  readonly sent: Sent;
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
}

/** Encrypts a fresh key and sends it without payload; legacy version only [L-49, JET-01]. */
export async function sendKeyTransport(
  { context, bundles, outbox, requireStarted }: Runtime,
  to: string,
  { signal }: SendOptions,
): Promise<KeyTransport> {
  requireStarted();
  const recipient = accountOf(context, to);
  const { keyMaterial, iv = new Uint8Array(12) } = emptyKeyMaterial(LEGACY, context.crypto);
  const sealed = { version: LEGACY, keyMaterial, payload: undefined, iv };
  const request = {
    to: recipient,
    recipients: [recipient],
    versions: [LEGACY],
    seal: () => Promise.resolve(sealed),
    signal,
  };
  const { sent, left } = await encrypt(context, bundles, request, (ready) => ({
    sent: ready,
    left: outbox.send(ready.stanzas),
  }));
  await left;
  return { sent, key: keyMaterial, iv };
}
