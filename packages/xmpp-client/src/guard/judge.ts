import { type BareJid, LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import { childrenOf, elementsOf, type QualifiedElement, textOf } from "@omemo/core/wire";
import { conversationKey } from "./conversationKey.js";
import { MAX_PARTS, type PlaintextFinding } from "./finding.js";
import type { GuardedConversations } from "./guardedConversations.js";
import { type Allowance, type Destination, destinationsOf, stanzaName } from "./inspectStanza.js";
import { versionOf } from "./messageShapes.js";

/** What decides whether a stanza may leave. */
export interface Rules {
  readonly conversations: GuardedConversations;
  /** Conversations that have to be encrypted whatever was marked or released. */
  readonly mustEncrypt: ((conversation: BareJid) => boolean) | undefined;
  allowance(): Allowance;
  own(): BareJid | undefined;
}

export type Verdict = Omit<PlaintextFinding, "isSent">;

/** Whether a stanza holds nothing that any conversation would have to hide. */
export function isFree(stanza: QualifiedElement, { allowance, own }: Rules): boolean {
  const destinations = destinationsOf(stanza, own(), allowance());
  return (
    uploadName(stanza) === undefined &&
    destinations.every(({ readable }) => readable([OMEMO_2]).length === 0)
  );
}

/** The conversations whose state has to be known before a stanza can be judged. */
export function conversationsOf(stanza: QualifiedElement, rules: Rules): readonly BareJid[] {
  const destinations = destinationsOf(stanza, rules.own(), rules.allowance());
  return destinations.flatMap(({ conversation }) => conversation ?? []);
}

/** Why a stanza must not leave, by what is known now; `undefined` when it may. */
export function judge(stanza: QualifiedElement, rules: Rules): Verdict | undefined {
  const name = stanzaName(stanza);
  const named = namedConversation(stanza, rules);
  if (named !== undefined) {
    const parts = ["{urn:xmpp:http:upload:0}request@filename"];
    return { reason: "file-name", conversation: named, stanza: name, parts };
  }
  for (const destination of destinationsOf(stanza, rules.own(), rules.allowance())) {
    const { conversation, readable } = destination;
    const versions = guardedVersions(conversation, rules);
    const parts = versions === undefined ? [] : [...new Set(readable(versions))];
    if (parts.length === 0) continue;
    const reason = reasonOf(stanza, destination);
    return { reason, conversation, stanza: name, parts: parts.slice(0, MAX_PARTS) };
  }
  return undefined;
}

function reasonOf(
  stanza: QualifiedElement,
  { conversation, isEmbedded }: Destination,
): Verdict["reason"] {
  if (conversation === undefined) return "unknown-address";
  if (isEmbedded) return "embedded";
  const isMixed = elementsOf(stanza).some((each) => versionOf(each) !== undefined);
  return isMixed ? "beside-encrypted" : "not-encrypted";
}

/** Versions of a conversation that is guarded. What is no address is, as soon as anything is. */
function guardedVersions(
  conversation: BareJid | undefined,
  rules: Rules,
): readonly OmemoVersion[] | undefined {
  const { conversations, mustEncrypt } = rules;
  if (conversation === undefined) return isInUse(rules) ? [OMEMO_2] : undefined;
  const known = conversations.get(conversation);
  if (known?.isMarked) return known.versions;
  if (mustEncrypt?.(conversation)) return [OMEMO_2, LEGACY];
  return conversations.isLoaded ? undefined : [OMEMO_2];
}

/** Whether there is anything to guard; where nobody could read that yet, there is. */
export function isInUse({ conversations, mustEncrypt }: Rules): boolean {
  const { isLoaded } = conversations;
  return (
    !isLoaded || mustEncrypt !== undefined || conversations.all().some((each) => each.isMarked)
  );
}

/** The name that a file is uploaded under (XEP-0363), in either version of the request. */
function uploadName(stanza: QualifiedElement): string | undefined {
  if (stanza.name !== "iq") return undefined;
  for (const namespace of ["urn:xmpp:http:upload:0", "urn:xmpp:http:upload"]) {
    for (const request of childrenOf(stanza, "request", namespace)) {
      const child = childrenOf(request, "filename")[0];
      return request.attrs.filename ?? (child && textOf(child));
    }
  }
  return undefined;
}

function namedConversation(stanza: QualifiedElement, rules: Rules): BareJid | undefined {
  const name = uploadName(stanza);
  if (name === undefined) return undefined;
  const folded = conversationKey(name as BareJid);
  return rules.conversations
    .all()
    .find((each) => each.isMarked && folded.includes(conversationKey(each.conversation)))
    ?.conversation;
}
