import { isOmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { Context } from "./context.js";
import { currentLists } from "./devices/deviceLists.js";

/** Whether an account has OMEMO devices; a failed question is not a "no" [PEP-09]. */
export type OmemoSupport = "yes" | "no" | "unknown";

export async function supportOf(
  context: Context,
  jid: BareJid,
  signal?: AbortSignal,
): Promise<OmemoSupport> {
  try {
    const [account] = await currentLists(context, [jid], signal);
    const hasDevice = account?.lists.some(({ record }) => (record?.devices.length ?? 0) > 0);
    return hasDevice ? "yes" : "no";
  } catch (error) {
    if (isOmemoError(error) && ["transport-failure", "offline"].includes(error.code)) {
      return "unknown";
    }
    throw error;
  }
}
