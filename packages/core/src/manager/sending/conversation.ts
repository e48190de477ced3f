import { OmemoError } from "../../domain/error.js";
import { type BareJid, bareJid } from "../../domain/jid.js";
import type { Sent } from "../../domain/sent.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import type { Runtime } from "../runtime.js";
import { compose, sealContent } from "./content.js";
import type { EncryptRequest } from "./prepare.js";
import { encrypt } from "./send.js";
import type { Content, ConversationOptions } from "./sendOptions.js";

/** Encrypts and sends to one account. @throws OmemoError `offline` before anything is encrypted. */
export async function sendContent(
  runtime: Runtime,
  to: string,
  content: Content,
  options: ConversationOptions,
): Promise<Sent> {
  requireOnline(runtime.context);
  const { sent, left } = await encryptContent(runtime, [to], content, options, (ready) => ({
    sent: ready,
    left: runtime.outbox.send(ready.stanzas),
  }));
  await left;
  return sent;
}

/**
 * Encrypts for these accounts; the first is the addressee of the stanzas. `leave` is called inside
 * the mailbox, right after the commit.
 */
export async function encryptContent<Result>(
  runtime: Runtime,
  to: readonly string[],
  content: Content,
  options: ConversationOptions,
  leave: (sent: Sent) => Result,
): Promise<Result> {
  const { context, bundles } = runtime;
  return encrypt(context, bundles, requestFor(runtime, to, content, options), leave);
}

/** @throws OmemoError `invalid-input` */
export function requestFor(
  { context, requireStarted }: Runtime,
  to: readonly string[],
  content: Content,
  options: ConversationOptions,
): EncryptRequest {
  requireStarted();
  const message = compose(context, content, options);
  const recipients = to.map((each) => accountOf(context, each));
  const [addressee] = recipients;
  if (addressee === undefined) throw new OmemoError("invalid-input", "no recipient given");
  return {
    to: addressee,
    recipients,
    versions: context.options.versions.filter(
      (version) => options.versions?.includes(version) ?? true,
    ),
    seal: (version) => sealContent(context, version, addressee, message.content),
    signal: options.signal,
    onProgress: options.onProgress,
    message,
    ...(options.isFor !== undefined && { isFor: options.isFor }),
  };
}

/** An account to encrypt for: a room has no keys, and neither has somebody in it [MUC-10, O2-160]. */
export function accountOf(context: Context, to: string): BareJid {
  const jid = bareJid(to);
  if (!context.rooms.isRoom(jid)) return jid;
  const text = "this is a room: use sendRoomMessage; nothing can be whispered to one in it";
  throw new OmemoError("invalid-input", text);
}
