import { toUtf8 } from "../domain/bytes.js";
import type { BareJid } from "../domain/jid.js";
import { OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { sealPayload } from "../wire/payload.js";
import { makePadding, writeEnvelope } from "../wire/sce/index.js";
import { xml } from "../wire/xml/element.js";
import type { Context } from "./context.js";
import { randomBytes } from "./random.js";
import type { Content } from "./sendOptions.js";

/** The text of a message as content element. */
export function bodyElement(body: string): XmlElement {
  return xml("body", { xmlns: "jabber:client" }, body);
}

/** The elements of what is said. */
export function contentElements(content: Content): readonly XmlElement[] {
  return typeof content === "string" ? [bodyElement(content)] : content;
}

/** The text among the content, which is all that the legacy version can carry [L-37]. */
function bodyOf(content: readonly XmlElement[]): string | undefined {
  const body = content.find(
    ({ name, attrs }) => name === "body" && attrs.xmlns === "jabber:client",
  );
  return body?.children.filter((child) => typeof child === "string").join("");
}

/** Content of a message, encrypted once for all devices of a version. */
export interface SealedContent {
  readonly version: OmemoVersion;
  readonly keyMaterial: Uint8Array;
  readonly payload: Uint8Array | undefined;
  readonly iv: Uint8Array | undefined;
}

/** `undefined` when this version cannot carry the content. */
export async function sealContent(
  context: Context,
  version: OmemoVersion,
  to: BareJid,
  content: readonly XmlElement[],
): Promise<SealedContent | undefined> {
  const plaintext = version === OMEMO_2 ? envelope(context, to, content) : bodyOf(content);
  if (plaintext === undefined) return undefined;
  const sealed = await sealPayload(context.crypto, version, toUtf8(plaintext));
  return { version, keyMaterial: sealed.keyMaterial, payload: sealed.payload, iv: sealed.iv };
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
