import { isOmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { sessionPrefix } from "../../session/records/recordKeys.js";
import { requireOnline } from "../connection/requireOnline.js";
import { ownDevice } from "../context.js";
import type { Runtime } from "../runtime.js";
import type { SendOptions } from "../sending/sendOptions.js";
import type { CompleteOptOut } from "./optOut.js";
import { sendOptOut } from "./sendOptOut.js";

/** After these there is no point in trying the next contact. */
const FATAL: readonly string[] = ["aborted", "offline", "store-failure", "device-copied"];

/** One after another: contacts first, then our own other devices, by a note to ourselves. */
export async function requestEverywhere(
  runtime: Runtime,
  reason: string | undefined,
  options: SendOptions,
): Promise<CompleteOptOut> {
  runtime.requireStarted();
  requireOnline(runtime.context);
  const own = ownDevice(runtime.context).jid;
  const told: BareJid[] = [];
  const failed: { readonly jid: BareJid; readonly error: unknown }[] = [];
  for (const jid of [...(await contacts(runtime, own)), own]) {
    try {
      await sendOptOut(runtime, jid, reason, options);
      if (jid !== own) told.push(jid);
    } catch (error) {
      if (!isOmemoError(error) || FATAL.includes(error.code)) throw error;
      const isAlone = jid === own && error.code === "no-recipient-devices";
      if (!isAlone) failed.push({ jid, error });
    }
  }
  return { told, failed };
}

/** Accounts that we have a session with. */
async function contacts({ context }: Runtime, own: BareJid): Promise<readonly BareJid[]> {
  const jids = new Set<BareJid>();
  for await (const { key } of context.store.list(sessionPrefix)) jids.add(key[2] as BareJid);
  jids.delete(own);
  return [...jids].sort();
}
