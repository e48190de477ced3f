import {
  type BareJid,
  isSameDevice,
  type OmemoFingerprint,
  type OmemoManager,
  type ReceivedMessage,
} from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import { decisionKey, decodeDecision } from "../../decisions/decisionRecord.js";
import type { StatementRefusal } from "../events.js";
import { maySpeak, nameOf, type Statement } from "../rules/statement.js";
import { change, type TrustContext } from "../state/change.js";
import { spoken } from "../telling/expand.js";
import { meantKey } from "../wire/keyId.js";
import { type HeardVerdict, readTrustMessage } from "../wire/trustMessage.js";

/** What it needs of a manager. */
export type HearingManager = Pick<
  OmemoManager,
  "getOwnDevice" | "getOwnFingerprint" | "getDevicesOf"
>;

/** How far ahead of our clock a message may have been written, in ms. */
const MAX_AHEAD = 86_400_000;

/** Takes one decrypted trust message; durable when it resolves [ATM-10]. */
export async function hear(
  context: TrustContext,
  manager: HearingManager,
  message: ReceivedMessage,
): Promise<void> {
  const own = { ...manager.getOwnDevice(), fingerprint: manager.getOwnFingerprint() };
  if (isSameDevice(message.device, own)) return; // [TM-08]
  const sender = { ...message.device, fingerprint: message.fingerprint };
  const refuse = (reason: StatementRefusal): void =>
    context.tell({ kind: "refused", from: sender, reason });
  const at = timeOf(message, context.clock.now());
  if (typeof at === "string") return refuse(at);
  const heard = readTrustMessage(message.content);
  if (typeof heard === "string") return refuse(heard);
  const statements = await statementsOf(manager, sender, heard, at);
  const said = statements.filter(({ subject }) => maySpeak(own, sender, subject));
  const isAboutUs = (each: Statement): boolean => nameOf(each.subject) === nameOf(own);
  if (statements.some((each) => !said.includes(each) && !isAboutUs(each))) refuse("not-theirs");
  const warning = statements.find((each) => isAboutUs(each) && each.verdict === "distrust");
  if (warning !== undefined) await warn(context, own, sender);
  if (said.length > 0) await change(context, { said });
}

/** Only what an authenticated device of ours says of this one is worth a warning [ATM-05, ATM-09]. */
async function warn(
  { store, levels, tell }: TrustContext,
  own: TrustKey,
  sender: TrustKey,
): Promise<void> {
  const [stored] = await store.get([decisionKey(sender)]);
  const isBelieved = spoken(levels, decodeDecision(stored)) === "trust" && sender.jid === own.jid;
  tell(
    isBelieved
      ? { kind: "own-key-distrusted", by: sender }
      : { kind: "refused", from: sender, reason: "not-theirs" },
  );
}

/** When it was written, if it says so, and from whom to whom [TM-04, TM-06, ATM-13]. */
function timeOf({ affixes, room }: ReceivedMessage, now: number): number | StatementRefusal {
  if (room !== undefined) return "in-a-room";
  const { from, to, time } = affixes ?? {};
  if (from === undefined || to === undefined || time === undefined) return "missing-affix";
  if (time <= 0) return "missing-affix"; // there were no messages then
  return time > now + MAX_AHEAD ? "from-the-future" : time;
}

async function statementsOf(
  manager: HearingManager,
  sender: TrustKey,
  heard: readonly HeardVerdict[],
  at: number,
): Promise<readonly Statement[]> {
  const known = new Map<BareJid, ReadonlySet<OmemoFingerprint>>();
  for (const jid of new Set(heard.map((each) => each.jid))) {
    const devices = await manager.getDevicesOf(jid);
    known.set(jid, new Set(devices.flatMap(({ fingerprint }) => fingerprint ?? [])));
  }
  return heard.map(({ jid, key, verdict }) => {
    const fingerprint = meantKey(key, known.get(jid) ?? new Set());
    return { sender, subject: { jid, fingerprint }, verdict, at };
  });
}
