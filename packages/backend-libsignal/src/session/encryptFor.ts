import type { Sealed, Session } from "@omemo/core";
import { requireLegacy } from "../keys/keyFunctions.js";
import { sealMessage } from "../library/sealMessage.js";
import { pause } from "../pause.js";
import { changeTo, decodeHead, savedState, singleRecord } from "./sessionRecord.js";

/** Messages made before others may run: two or three milliseconds. */
const MESSAGES_PER_SLICE = 16;

/** One plaintext for many sessions, in the order given; replaced states are not touched. */
export async function encryptFor(
  sessions: readonly Session[],
  plaintext: Uint8Array,
): Promise<readonly Sealed[]> {
  const sealed: Sealed[] = [];
  for (const session of sessions) {
    requireLegacy(session.version);
    const { current, archived } = decodeHead(session);
    const answer = await sealMessage(singleRecord(current.bytes), plaintext);
    const { message, isKeyExchange } = answer;
    const change = changeTo({ current: savedState(answer.record), archived });
    sealed.push({ change, message, isKeyExchange });
    if (sealed.length % MESSAGES_PER_SLICE === 0) await pause();
  }
  return sealed;
}
