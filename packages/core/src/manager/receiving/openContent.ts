import { fromUtf8 } from "../../domain/bytes.js";
import { type BareJid, parseBareJid } from "../../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { withoutOriginId } from "../../session/content/originId.js";
import type {
  FailureReason,
  ReceivedControl,
  ReceivedMessage,
  ReceivedStanza,
} from "../../session/received.js";
import { classifyKeyMaterial, openPayload } from "../../wire/payload.js";
import { type Affix, checkAffixes, readEnvelope } from "../../wire/sce/index.js";
import type { Context } from "../context.js";
import { bodyElement } from "../sending/content.js";

/** What the ratchet's plaintext led to. */
export type OpenedContent =
  | {
      readonly kind: "content";
      readonly content: readonly XmlElement[];
      readonly warnings: ReceivedMessage["warnings"];
      /** As they were written, after they were compared with the stanza. */
      readonly affixes?: NonNullable<ReceivedMessage["affixes"]>;
      /** The one inside, which nobody on the way could change [SID-04]. */
      readonly originId?: string;
    }
  | {
      readonly kind: "control";
      readonly control: Pick<ReceivedControl, "kind" | "key" | "iv">;
    }
  | { readonly kind: "refused"; readonly reason: FailureReason; readonly affix?: Affix };

interface Encrypted {
  readonly version: OmemoVersion;
  readonly payload?: Uint8Array;
  readonly iv?: Uint8Array;
}

/** Opens the payload with the key material that the ratchet gave [O2-77, O2-78, L-58 … L-62]. */
export async function openContent(
  context: Context,
  about: ReceivedStanza,
  to: BareJid | undefined,
  element: Encrypted,
  keyMaterial: Uint8Array,
): Promise<OpenedContent> {
  const { version, payload, iv } = element;
  if (payload === undefined) {
    const found = classifyKeyMaterial(version, keyMaterial);
    if (found.kind === "refused") return found;
    const key = found.kind === "key-transport" ? found.key : undefined;
    return { kind: "control", control: { kind: found.kind, key, iv } };
  }
  const opened = await openPayload(
    context.crypto,
    version,
    { keyMaterial, payload, ...(iv !== undefined && { iv }) },
    { acceptOutdatedSenders: context.options.acceptOutdatedSenders },
  );
  if (opened.kind === "refused") return opened;
  const text = fromUtf8(opened.plaintext);
  if (text === undefined) return { kind: "refused", reason: "payload-refused" };
  if (version === OMEMO_2) return openEnvelope(context, about, to, text);
  return { kind: "content", content: [bodyElement(text)], warnings: [] };
}

/** The profile of XEP-0384 for XEP-0420: the affixes bind sender, recipient and time [O2-92 … O2-96]. */
function openEnvelope(
  context: Context,
  about: ReceivedStanza,
  to: BareJid | undefined,
  text: string,
): OpenedContent {
  const envelope = readEnvelope(text);
  if ("kind" in envelope) return { kind: "refused", reason: "payload-refused" };
  const affixes = checkAffixes(envelope, {
    from: about.from,
    ...(to !== undefined && { to }),
    ...(about.sentAt !== undefined && { sentAt: about.sentAt }),
    now: context.clock.now(),
    toleranceMs: context.limits.timeTolerance,
    isGroupChat: about.room !== undefined,
  });
  if (affixes.kind === "affix-mismatch") {
    return { kind: "refused", reason: "affix-mismatch", affix: affixes.affix };
  }
  const dropped = envelope.dropped.length > 0 ? (["refused-content"] as const) : [];
  const { content, originId } = withoutOriginId(envelope.content);
  return {
    kind: "content",
    content,
    warnings: [...affixes.warnings, ...dropped],
    affixes: { from: envelope.from, to: envelope.to, time: envelope.time },
    ...(originId !== undefined && { originId }),
  };
}

/** Whom the content was written to: the room, or the bare addressee that the stanza names [O2-93]. */
export function addresseeOf(about: ReceivedStanza, stanza: XmlElement): BareJid | undefined {
  if (about.room !== undefined) return about.room.jid;
  return stanza.attrs.to === undefined ? undefined : parseBareJid(stanza.attrs.to);
}
