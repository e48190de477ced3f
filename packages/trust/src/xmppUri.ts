import { type BareJid, parseBareJid } from "@omemo/core";

/** An `xmpp:` link about an account, without authority (RFC 5122). */
export interface XmppUri {
  readonly jid: BareJid;
  /** The first part of the query, where it has no value: `message`, `trust-message` and the like. */
  readonly action: string | undefined;
  /** The `name=value` pairs in their order. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Longer texts are no links; enough for all devices that an account may have. */
const MAX_LENGTH = 40_000;

/** `undefined` for what is no such link. */
export function splitUri(text: string): XmppUri | undefined {
  const match = text.length > MAX_LENGTH ? null : /^xmpp:([^?#/]+)\?([^#]*)$/i.exec(text.trim());
  const [, address = "", query = ""] = match ?? [];
  const jid = parseBareJid(decode(address) ?? "");
  if (jid === undefined) return undefined;
  const parts = query.split(";");
  const action = parts[0]?.includes("=") === false ? parts[0] : undefined;
  const parameters = parts.flatMap((part) => {
    const equals = part.indexOf("=");
    return equals === -1 ? [] : [[part.slice(0, equals), part.slice(equals + 1)] as const];
  });
  return { jid, action, parameters };
}

/** An address as it stands in a link. */
export function encodeAddress(jid: BareJid): string {
  return jid.split("@").map(encodeURIComponent).join("@");
}

/** What percent signs stand for; `undefined` where they stand for nothing. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
