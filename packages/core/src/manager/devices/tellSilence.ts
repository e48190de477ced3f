import { mostUnanswered } from "../../session/devices/activity.js";
import type { Context } from "../context.js";
import type { ReadyTarget } from "../sessions/startSession.js";

/** Of the messages that a device may leave unanswered; a device at work answers by itself before. */
const WARNED_AT = 3 / 4;

/** After a commit: warns before a device is left out [O2-173]. */
export function tellSilence(
  { limits, events }: Pick<Context, "limits" | "events">,
  { target, session, isNewSession }: Pick<ReadyTarget, "target" | "session" | "isNewSession">,
): void {
  const { identity, version } = target;
  const maxUnanswered = mostUnanswered(version, limits);
  const unanswered = (isNewSession ? 0 : (session?.unanswered ?? 0)) + 1;
  if (unanswered !== Math.ceil(WARNED_AT * maxUnanswered)) return;
  events.notify("silent-device", { identity, version, unanswered, maxUnanswered });
}
