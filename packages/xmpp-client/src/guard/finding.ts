import { type BareJid, OmemoError } from "@omemo/core";
import type { StanzaName } from "./inspectStanza.js";

/** Something readable on its way to where nothing may be. */
export interface PlaintextFinding {
  /**
   * `not-encrypted`: the stanza holds content, and no ciphertext. `beside-encrypted`: it holds both.
   * `embedded`: a message of a guarded conversation inside a stanza to somebody else. `file-name`: an
   * upload is named after such a conversation. `unknown-address`: content for what is no address.
   * `raw-bytes`: written past `send`, and not a whole stanza.
   */
  readonly reason:
    | "not-encrypted"
    | "beside-encrypted"
    | "embedded"
    | "file-name"
    | "unknown-address"
    | "raw-bytes";
  /** Whose it is; `undefined` where nobody can tell. */
  readonly conversation: BareJid | undefined;
  readonly stanza: StanzaName | undefined;
  /**
   * What would be readable: `{namespace}name`, with `@name` for an attribute and `#text` for text;
   * at most 20, and never what they hold.
   */
  readonly parts: readonly string[];
  /** True in report mode; and of what a resumed stream would have repeated, false. */
  readonly isSent: boolean;
}

/** More names say nothing more. */
export const MAX_PARTS = 20;

/** What a refused `send` rejects with: which parts, for whom, and what to do; no content. */
export function refusalOf(finding: PlaintextFinding): OmemoError {
  const { conversation, parts, reason } = finding;
  const what = parts.length === 0 ? "this" : parts.join(", ");
  const advice =
    conversation === undefined
      ? "use send with whole stanzas to valid addresses"
      : "use sendMessage or sendContent of the manager, or guard.release first";
  const where = conversation === undefined ? "" : ` (conversation with ${conversation})`;
  return new OmemoError(
    "plaintext-refused",
    `not sent, because it could be read on the way: ${what}${where}, ${reason}; ${advice}`,
  );
}
