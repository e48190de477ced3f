import {
  bareJid,
  deviceId,
  OMEMO_2,
  type OmemoEvents,
  type OmemoFingerprint,
  type OmemoListener,
  type OmemoManager,
  type ReceivedMessage,
} from "@omemo/core";
import { describe, expect, it } from "vitest";
import type { Emit, JsonEvent } from "../src/jsonEvent.js";
import { report } from "../src/report.js";

const OWN = bareJid("juliet@example.org");
const ROMEO = bareJid("romeo@example.net");
const MESSAGE: ReceivedMessage = {
  from: ROMEO,
  conversation: ROMEO,
  direction: "received",
  origin: "live",
  stanzaId: "s1",
  originId: undefined,
  archiveId: undefined,
  sentAt: undefined,
  id: "1",
  version: OMEMO_2,
  device: { jid: ROMEO, deviceId: deviceId(2) },
  fingerprint: "ab".repeat(32) as OmemoFingerprint,
  trust: "trusted",
  body: "Wherefore?",
  content: [],
  warnings: [],
  unprotected: [],
  isRedelivery: false,
};

/** What `report` does about the events of a manager that a test sets off. */
function reported(settings: { readonly echo?: boolean; readonly emit?: Emit } = {}) {
  const events: JsonEvent[] = [];
  const sent: unknown[] = [];
  const log: string[] = [];
  const listeners = new Map<keyof OmemoEvents, (event: never) => unknown>();
  const on = <Name extends keyof OmemoEvents>(name: Name, listener: OmemoListener<Name>) => {
    listeners.set(name, listener);
    return () => undefined;
  };
  const sendMessage: OmemoManager["sendMessage"] = async (to, body) => {
    sent.push([to, body]);
    return {
      id: "m",
      stanzas: [],
      devices: [],
      intendedDevices: [],
      skippedDevices: [],
      lostInLegacy: [],
    };
  };
  const sendRoomMessage: OmemoManager["sendRoomMessage"] = async (room, body) => {
    const sent = await sendMessage(room, body);
    const jid = bareJid(room);
    return { ...sent, room: jid, recipients: [], unreachedMembers: [], isComplete: true };
  };
  const emit: Emit = settings.emit ?? (async (event) => void events.push(event));
  const reporting = { jid: OWN, emit, log: (text: string) => void log.push(text) };
  report({ on, sendMessage, sendRoomMessage }, { ...reporting, echo: settings.echo ?? false });
  const happen = async <Name extends keyof OmemoEvents>(name: Name, event: OmemoEvents[Name]) => {
    await listeners.get(name)?.(event as never);
  };
  return { events, sent, log, happen };
}

describe("the report of a message", () => {
  it("counts as taken over only when its line was written", async () => {
    const { happen } = reported({ emit: () => Promise.reject(new Error("the pipe is closed")) });
    await expect(happen("message", MESSAGE)).rejects.toThrow("the pipe is closed");
  });

  it("is answered where an echo was asked for", async () => {
    const { happen, events, sent } = reported({ echo: true });
    await happen("message", MESSAGE);
    expect(events.map(({ ev }) => ev)).toEqual(["message"]);
    expect(sent).toEqual([[ROMEO, "echo: Wherefore?"]]);
    const silent = reported();
    await silent.happen("message", MESSAGE);
    expect(silent.sent).toEqual([]);
  });

  it("is answered in the room that it was said in, and names it", async () => {
    const { happen, events, sent } = reported({ echo: true });
    const room = { jid: bareJid("balcony@muc.example.org"), nick: "R", established: "presence" };
    await happen("message", { ...MESSAGE, conversation: room.jid, room } as ReceivedMessage);
    expect(events).toMatchObject([
      { from: ROMEO, type: "groupchat", room: room.jid, nick: "R", sender_known_by: "presence" },
    ]);
    expect(sent).toEqual([[room.jid, "echo: Wherefore?"]]);
  });

  it("tells what a room repeats of our own words", async () => {
    const { happen, events } = reported();
    await happen("reflection", { ...MESSAGE, from: OWN, direction: "sent", originId: "o" });
    expect(events).toMatchObject([{ ev: "reflected", from: OWN, id: "s1", origin_id: "o" }]);
  });

  it("never echoes an echo, or what another device of ours said", async () => {
    const { happen, events, sent } = reported({ echo: true });
    await happen("message", { ...MESSAGE, body: "echo: Wherefore?" });
    await happen("message", { ...MESSAGE, from: OWN, direction: "sent", origin: "carbon-sent" });
    await happen("message", { ...MESSAGE, body: undefined });
    expect(events).toHaveLength(3);
    expect(sent).toEqual([]);
  });
});

describe("the report of an opt-out", () => {
  it("says who asked for plaintext, whether that counts, and when it is over [O2-165]", async () => {
    const { happen, events } = reported();
    const { device, fingerprint, trust } = MESSAGE;
    const told = { conversation: ROMEO, by: ROMEO, device, fingerprint, trust, isEffective: true };
    await happen("opt-out", { ...told, kind: "opted-out", reason: "compliance" });
    await happen("opt-out", { ...told, kind: "resumed", reason: undefined });
    expect(events).toMatchObject([
      { ev: "optout", by: ROMEO, device: 2, reason: "compliance", effective: true },
      { ev: "optin", conversation: ROMEO, trust: "TRUSTED", reason: null },
    ]);
  });
});

describe("the report of a key", () => {
  it("says that a device shows it for the first time, or in place of another [O2-109]", async () => {
    const { happen, events } = reported();
    const { device, fingerprint } = MESSAGE;
    for (const isChangedKey of [false, true]) {
      await happen("identity", { identity: { ...device, fingerprint }, isChangedKey });
    }
    const about = { ev: "identity", jid: ROMEO, device: 2, key: fingerprint };
    expect(events).toEqual([
      { ...about, changed: false },
      { ...about, changed: true },
    ]);
  });
});

describe("the report of a problem in the background", () => {
  it("is for the log alone while it is tried again, and an event when it is not", async () => {
    const { happen, events, log } = reported();
    const error = new Error("no answer");
    await happen("problem", { what: "announce", error, willRetry: true });
    expect(events).toEqual([]);
    await happen("problem", { what: "republish-loop", error, willRetry: false });
    expect(events).toEqual([{ ev: "failed", error: "republish-loop: no answer" }]);
    expect(log).toHaveLength(2);
  });
});
