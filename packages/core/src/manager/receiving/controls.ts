import type { RecordKey, RecordPut } from "../../ports/store.js";
import type { ReceivedControl } from "../../session/received.js";
import type { Context } from "../context.js";

/**
 * For the commit that spends the message's key: keeps a transported key until somebody took it, since
 * it comes once. What only moved the ratchet may be forgotten.
 */
export function recordControl(
  { news }: Pick<Context, "news">,
  newsKey: RecordKey,
  control: ReceivedControl,
): readonly RecordPut[] {
  if (control.kind === "empty") return [];
  return news.record(newsKey, { event: "control", payload: control });
}

/** After the commit: says so. */
export function tellControl(
  { news, events }: Pick<Context, "news" | "events">,
  newsKey: RecordKey,
  control: ReceivedControl,
): void {
  if (control.kind === "empty") events.notify("control", control);
  else news.tell([newsKey], { event: "control", payload: control });
}
