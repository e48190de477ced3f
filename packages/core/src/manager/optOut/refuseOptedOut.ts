import { OmemoError } from "../../domain/error.js";
import { optOutCodec } from "../../session/optOut/optOutRecord.js";
import { optOutKey } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import type { EncryptRequest } from "../sending/prepare.js";

/**
 * Nothing with content is encrypted where somebody asked for plaintext, before the user decided and
 * after he agreed; and nothing turns into plaintext by itself (invariant 4) [O2-166].
 * @throws OmemoError `opted-out`
 */
export async function refuseOptedOut(
  { store, account }: Context,
  { recipients, room, isOptOut }: Pick<EncryptRequest, "recipients" | "room" | "isOptOut">,
): Promise<void> {
  if (isOptOut === true) return;
  // In a room only that this account stopped altogether counts [O2-169].
  const conversations = new Set([account().jid, ...(room === undefined ? recipients : [])]);
  const [found] = (await store.get([...conversations].map(optOutKey))).filter(
    (stored) => stored !== undefined,
  );
  if (found === undefined) return;
  throw new OmemoError(
    "opted-out",
    optOutCodec.decode(found).state === "blocked"
      ? "not sent: plaintext was asked for; let the user decide: optOut.confirm or optOut.revoke"
      : "not encrypted: this conversation goes on in plaintext, until optOut.revoke is called",
  );
}

/** @throws OmemoError `opted-out` when this account decided to do without OMEMO [O2-170]. */
export async function refuseStoppedAccount({ store, account }: Context): Promise<void> {
  const [stored] = await store.get([optOutKey(account().jid)]);
  if (stored === undefined || optOutCodec.decode(stored).state === "blocked") return;
  const text = "this account opted out of OMEMO: optOut.revoke of its address turns it on again";
  throw new OmemoError("opted-out", text);
}
