import type { BareJid } from "../../domain/jid.js";

/** The domain of an account: its server, which speaks for it. */
export function serverOf(account: BareJid): BareJid {
  return account.slice(account.indexOf("@") + 1) as BareJid;
}
