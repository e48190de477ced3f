import { toUtf8 } from "../../domain/bytes.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { type ComposedMessage, composeMessage } from "../../session/content/composeMessage.js";
import { legacyContent } from "../../session/content/legacyContent.js";
import { hasRoomFor } from "../../session/splitPart.js";
import { sealPayload } from "../../wire/payload.js";
import { makePadding, writeEnvelope } from "../../wire/sce/index.js";
import { xml } from "../../wire/xml/element.js";
import type { Context } from "../context.js";
import { randomBytes, randomId } from "../random.js";
import type { Content, SendOptions } from "./sendOptions.js";

/** The text of a message as content element. */
export function bodyElement(body: string): XmlElement {
  return xml("body", { xmlns: "jabber:client" }, body);
}

/** The elements of what is said. */
function contentElements(content: Content): readonly XmlElement[] {
  return typeof content === "string" ? [bodyElement(content)] : content;
}

/** @throws OmemoError `invalid-input` for what cannot be said so. */
export function compose(
  { crypto }: Context,
  content: Content,
  options: SendOptions,
): ComposedMessage {
  return composeMessage(contentElements(content), options, () => randomId(crypto));
}

/** Content of a message, encrypted once for all devices of a version. */
export interface SealedContent {
  readonly version: OmemoVersion;
  readonly keyMaterial: Uint8Array;
  readonly payload: Uint8Array | undefined;
  readonly iv: Uint8Array | undefined;
  /** Stands unencrypted beside it; of the legacy version alone [L-48]. */
  readonly beside?: readonly XmlElement[];
  /** What this version does not carry, as `{namespace}name` [O2-180]. */
  readonly lost?: readonly string[];
}

/**
 * `undefined` when this version cannot carry the content.
 * @throws OmemoError `invalid-input` when no server would take it [L-46].
 */
export async function sealContent(
  context: Context,
  version: OmemoVersion,
  to: BareJid,
  content: readonly XmlElement[],
): Promise<SealedContent | undefined> {
  if (version === OMEMO_2) return sealText(context, version, envelope(context, to, content));
  const { body, ...others } = legacyContent(content, context.options.layout);
  return body === undefined
    ? undefined
    : { ...(await sealText(context, version, body)), ...others };
}

async function sealText(
  { crypto, limits }: Context,
  version: OmemoVersion,
  plaintext: string,
): Promise<SealedContent> {
  const { keyMaterial, payload, iv } = await sealPayload(crypto, version, toUtf8(plaintext));
  if (!hasRoomFor(payload, limits.maxStanzaBytes)) {
    throw new OmemoError("invalid-input", "too long for a message: send it as a file");
  }
  return { version, keyMaterial, payload, iv };
}

function envelope(context: Context, to: BareJid, content: readonly XmlElement[]): string {
  return writeEnvelope({
    content,
    from: context.account().jid,
    to,
    time: context.clock.now(),
    padding: makePadding((length) => randomBytes(context.crypto, length), content),
  });
}
