import { readStanza, type StanzaReading } from "../../session/readStanza.js";
import type { ReceivedStanza, ReceiveFailure } from "../../session/received.js";
import { fromInbox } from "../../session/records/inboxRecord.js";
import type { PlacedMessage } from "../../session/rooms/place.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type Context, ownDevice } from "../context.js";
import type { Notices } from "../news/notices.js";
import { keyOwners } from "../rooms/keyOwners.js";
import { tellControl } from "./controls.js";
import type { Delivery } from "./delivery.js";
import { type Outcome, openStanza } from "./openStanza.js";
import type { Reception } from "./reception.js";

type Readable = Extract<StanzaReading, { readonly kind: "encrypted" }>;

/** Decrypts one message: plan and commit in the mailbox, then tell, then do what follows. */
export async function receive(
  context: Context,
  delivery: Delivery,
  notices: Notices,
  message: PlacedMessage,
): Promise<Reception> {
  const reading = readStanza(message, ownDevice(context), context.options.versions);
  switch (reading.kind) {
    case "ignore":
      return { kind: "plain" };
    case "echo":
      return { kind: "own", about: reading.about };
    case "reflection":
      notices.reflected(reading.about);
      return { kind: "own", about: reading.about };
    case "foreign": {
      const { about, encryption } = reading;
      const nobody = { version: undefined, device: undefined };
      return failed(notices, { ...about, ...nobody, reason: "other-encryption", encryption });
    }
    case "failure": {
      const { about, reason, version, device } = reading;
      return failed(notices, { ...about, reason, version, device });
    }
    case "encrypted": {
      const { element, outcome } = await open(context, delivery, message, reading);
      return tell(context, delivery, notices, { ...reading, element }, outcome);
    }
  }
}

/** What cannot be read in the better version may still be read in the other [O2-178]. */
async function open(
  context: Context,
  delivery: Delivery,
  message: PlacedMessage,
  { about, element, spare }: Readable,
): Promise<{ readonly element: Readable["element"]; readonly outcome: Outcome }> {
  const attempt = (each: Readable["element"]): Promise<Outcome> =>
    context.mailbox.run(() => retryOnConflict(() => plan(context, delivery, message, about, each)));
  const outcome = await attempt(element);
  if (outcome.kind !== "failure" || spare === undefined) return { element, outcome };
  const other = await attempt(spare);
  const effects = [...outcome.effects, ...other.effects];
  return other.kind === "failure"
    ? { element, outcome: { ...outcome, effects } }
    : { element: spare, outcome: { ...other, effects } };
}

async function failed(notices: Notices, failure: ReceiveFailure): Promise<Reception> {
  await notices.failed(failure);
  return { kind: "failure", failure };
}

async function tell(
  context: Context,
  delivery: Delivery,
  notices: Notices,
  { about, element }: Readable,
  outcome: Outcome,
): Promise<Reception> {
  context.enqueue(outcome.effects);
  if (outcome.kind === "silent") {
    notices.decrypted(about, element.senderDeviceId);
    return { kind: "duplicate", about };
  }
  if (outcome.kind === "failure") {
    const isKnown = about.room?.established !== "unknown";
    const device = isKnown ? { jid: about.from, deviceId: element.senderDeviceId } : undefined;
    const { reason, affix } = outcome;
    const failure = { ...about, reason, version: element.version, device };
    return failed(notices, affix === undefined ? failure : { ...failure, affix });
  }
  notices.decrypted(about, element.senderDeviceId);
  if (outcome.kind === "message") {
    delivery.add(outcome.inbox);
    return { kind: "message", message: fromInbox(outcome.inbox, false) };
  }
  const { control, newsKey } = outcome;
  tellControl(context, newsKey, control);
  return { kind: "control", control };
}

async function plan(
  context: Context,
  delivery: Delivery,
  message: PlacedMessage,
  about: ReceivedStanza,
  element: Readable["element"],
): Promise<Outcome> {
  if (delivery.isFull() && element.hasPayload) {
    return { kind: "failure", reason: "inbox-full", effects: [] };
  }
  const { room } = about;
  const kept = { isKept: true };
  if (room?.established !== "unknown") {
    return openStanza(context, message.stanza, about, element, kept);
  }
  // Nobody said who it was: the key that opens it does [L-88].
  for (const { jid: from } of await keyOwners(context, room.jid, element.senderDeviceId)) {
    const direction = from === context.account().jid ? "sent" : "received";
    const claimed = {
      ...about,
      from,
      direction,
      room: { ...room, established: "device" },
    } as const;
    const outcome = await openStanza(context, message.stanza, claimed, element, kept);
    if (outcome.kind !== "failure") return outcome;
  }
  return { kind: "failure", reason: "unknown-sender", effects: [] };
}
