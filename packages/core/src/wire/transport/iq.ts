import { type BareJid, parseBareJid } from "../../domain/jid.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { type QualifiedElement, qualify } from "../xml/qualify.js";
import { serverOf } from "./serverOf.js";
import { readStanzaError, refusal, type StanzaError } from "./stanzaError.js";

/** The answer to an `iq`, its sender already checked with {@link isReplyTo}. */
export type IqReply =
  | { readonly kind: "result"; readonly stanza: QualifiedElement }
  | { readonly kind: "error"; readonly error: StanzaError };

/**
 * All that {@link pepOverIq} needs of an adapter: sends an `iq` under an id that nobody can guess
 * and answers with the reply of the entity that was asked.
 * Rejects with {@link OmemoError}: `offline`, `aborted`, or `transport-failure` for a timeout.
 */
export type IqCall = (iq: XmlElement, signal?: AbortSignal) => Promise<IqReply>;

/** `undefined` when the stanza is no answer at all. */
export function readIqReply(stanza: XmlElement): IqReply | undefined {
  const iq = qualify(stanza);
  if (iq.name !== "iq") return undefined;
  if (iq.attrs.type === "result") return { kind: "result", stanza: iq };
  if (iq.attrs.type === "error") return { kind: "error", error: readStanzaError(iq) };
  return undefined;
}

/**
 * Whether `reply` has the id of `request` and comes from whom it was sent to. The id alone proves
 * nothing: anyone may send a stanza with that id. A request without `to` goes to the own account,
 * which may answer without `from`, as itself, as its server or as this very resource
 * (RFC 6120 §8.1.2.1).
 */
export function isReplyTo(request: XmlElement, reply: XmlElement, account: BareJid): boolean {
  if (reply.name !== "iq" || reply.attrs.id !== request.attrs.id) return false;
  if (reply.attrs.type !== "result" && reply.attrs.type !== "error") return false;
  const { to } = request.attrs;
  const { from } = reply.attrs;
  const isToAccount = to === undefined || addressOf(to) === account;
  if (from === undefined) return isToAccount;
  if (to !== undefined) return addressOf(from) === addressOf(to);
  const isOwnResource = from === reply.attrs.to && parseBareJid(from) === account;
  return isOwnResource || addressOf(from) === account || addressOf(from) === serverOf(account);
}

/** The result, or the refusal as an error that says what could not be done. */
export function resultOf(reply: IqReply, action: string): QualifiedElement {
  if (reply.kind === "error") throw refusal(action, reply.error);
  return reply.stanza;
}

/** The result; `undefined` for item-not-found, and any other error thrown. */
export function orAbsent(reply: IqReply, action: string): QualifiedElement | undefined {
  const isAbsent = reply.kind === "error" && reply.error.condition === "item-not-found";
  return isAbsent ? undefined : resultOf(reply, action);
}

/** Prepared for comparison; the resource stays, so that no other resource passes for it. */
function addressOf(jid: string): string | undefined {
  const slash = jid.indexOf("/");
  const bare = parseBareJid(jid);
  return slash === -1 || bare === undefined ? bare : bare + jid.slice(slash);
}
