import type { Sent } from "../../domain/sent.js";
import { LEGACY } from "../../domain/version.js";
import { emptyKeyMaterial } from "../../wire/payload.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Runtime } from "../runtime.js";
import { accountOf } from "./conversation.js";
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
  runtime: Runtime,
  to: string,
  options: SendOptions,
): Promise<KeyTransport> {
  requireOnline(runtime.context);
  const { transport, left } = await encryptKeyTransport(runtime, to, options, (ready) => ({
    transport: ready,
    left: runtime.outbox.send(ready.sent.stanzas),
  }));
  await left;
  return transport;
}

/** `leave` is called inside the mailbox, right after the commit. */
export async function encryptKeyTransport<Result>(
  { context, bundles, requireStarted }: Runtime,
  to: string,
  { signal }: SendOptions,
  leave: (transport: KeyTransport) => Result,
): Promise<Result> {
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
  return encrypt(context, bundles, request, (sent) => leave({ sent, key: keyMaterial, iv }));
}
