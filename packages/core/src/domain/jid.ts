import type { Brand } from "./brand.js";
import { OmemoError } from "./error.js";

/** Account address without resource, already prepared (RFC 7622). */
export type BareJid = Brand<string, "BareJid">;

/** RFC 7622: each part of an address has at most 1023 bytes. */
const MAX_PART_LENGTH = 1023;
const FORBIDDEN_IN_LOCAL_PART = /["&'/:<>@\s\p{Cc}]/u;
const FORBIDDEN_IN_DOMAIN = /[@/\s\p{Cc}]/u;

/**
 * The bare address in `text`, a bare or full JID, prepared for comparison [O2-84]: lower case,
 * normalised to NFC, without resource. `undefined` when it is not an address.
 */
export function parseBareJid(text: string): BareJid | undefined {
  const slash = text.indexOf("/");
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf("@");
  const local = at === -1 ? undefined : prepare(bare.slice(0, at));
  const domain = prepare(bare.slice(at + 1)).replace(/\.$/, "");
  if (domain === "" || domain.length > MAX_PART_LENGTH || FORBIDDEN_IN_DOMAIN.test(domain)) {
    return undefined;
  }
  if (local === undefined) return domain as BareJid;
  if (local === "" || local.length > MAX_PART_LENGTH || FORBIDDEN_IN_LOCAL_PART.test(local)) {
    return undefined;
  }
  return `${local}@${domain}` as BareJid;
}

/**
 * Like {@link parseBareJid}, for addresses that a caller passes.
 * @throws {@link OmemoError} `invalid-input` when it is not an address.
 */
export function bareJid(text: string): BareJid {
  const jid = parseBareJid(text);
  if (jid === undefined) throw new OmemoError("invalid-input", "not an XMPP address");
  return jid;
}

/** NFKC covers the width mapping of the username profile; what it would merge is no honest name. */
function prepare(part: string): string {
  return part.normalize("NFKC").toLowerCase().normalize("NFC");
}
