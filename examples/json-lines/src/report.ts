import { bareJid, type OmemoManager, type ReceivedMessage } from "@omemo/core";
import { unwrapMessage } from "@omemo/core/wire";
import { toXmlElement } from "@omemo/xmpp-client";
import type { Client } from "@xmpp/client";
import {
  describeControl,
  describeDeviceList,
  describeFailure,
  describeIdentity,
  describeMessage,
  describeOptOut,
  describePlain,
  describeReflection,
  describeRoomSent,
  describeSent,
} from "./describe.js";
import { describeError } from "./describeError.js";
import type { Emit } from "./jsonEvent.js";

/** Where to tell what happens. */
export interface Reporting {
  /** Our account. */
  readonly jid: string;
  readonly emit: Emit;
  readonly log: (text: string) => void;
  /** Answer texts of others with `echo: ` and the text. */
  readonly echo: boolean;
}

type Answering = Pick<OmemoManager, "sendMessage" | "sendRoomMessage">;

const ECHO = "echo: ";

/** Turns the events of a manager into lines of output. */
export function report(
  manager: Answering & Pick<OmemoManager, "on">,
  { jid, emit, log, echo }: Reporting,
): void {
  manager.on("message", async (message) => {
    // It counts as delivered once its line is written: until then it comes again after a restart.
    await emit(describeMessage(message, jid));
    if (echo && isToBeEchoed(message, jid)) await answer(manager, message, emit);
  });
  manager.on("control", (control) => emit(describeControl(control, jid)));
  manager.on("failure", async (failure) => {
    for (const each of [...(failure.earlier ?? []), failure])
      await emit(describeFailure(each, jid));
  });
  manager.on("reflection", (stanza) => emit(describeReflection(stanza, jid)));
  manager.on("opt-out", (change) => emit(describeOptOut(change)));
  manager.on("identity", (change) => emit(describeIdentity(change)));
  manager.on("device-list", (change) => emit(describeDeviceList(change)));
  manager.on("problem", async ({ what, error, willRetry }) => {
    const { error: reason } = describeError(error);
    log(`${what}: ${reason}${willRetry ? " (will be tried again)" : ""}`);
    if (!willRetry) await emit({ ev: "failed", error: `${what}: ${reason}` });
  });
}

/** Tells of messages that came unencrypted, and of those that came back. */
export function reportPlain(xmpp: Client, { jid, emit, log }: Reporting): void {
  xmpp.on("stanza", (stanza) => {
    const message = unwrapMessage(toXmlElement(stanza), bareJid(jid));
    const event = message && describePlain(message, jid);
    if (event !== undefined) emit(event).catch((error: unknown) => log(`${error}`));
  });
}

function isToBeEchoed({ from, direction, body }: ReceivedMessage, jid: string): boolean {
  return direction === "received" && from !== jid && body !== undefined && !body.startsWith(ECHO);
}

async function answer(
  manager: Answering,
  { from, room, body }: ReceivedMessage,
  emit: Emit,
): Promise<void> {
  try {
    const text = `${ECHO}${body}`;
    const events =
      room === undefined
        ? describeSent(await manager.sendMessage(from, text), from)
        : describeRoomSent(await manager.sendRoomMessage(room.jid, text));
    for (const event of events) await emit(event);
  } catch (error) {
    await emit({ ev: "failed", ...describeError(error) });
  }
}
