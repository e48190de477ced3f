import type { OmemoFingerprint, TrustState, XmlElement } from "@omemo/core";
import {
  bareJid,
  type DeviceInfo,
  deviceId,
  type IntendedDevice,
  LEGACY,
  OMEMO_2,
  type OptOutState,
  type RoomSent,
  type Sent,
  type SkippedDevice,
} from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import type { JsonEvent } from "../src/jsonEvent.js";
import type { Peer } from "../src/peer.js";

const ROMEO = bareJid("romeo@example.net");
const OWN = { jid: bareJid("juliet@example.org"), deviceId: deviceId(1) };
const KEY = "ab".repeat(32) as OmemoFingerprint;
const LAPTOP: DeviceInfo = {
  device: { jid: ROMEO, deviceId: deviceId(2) },
  versions: [OMEMO_2],
  fingerprint: KEY,
  activity: "stale",
  staleBecause: ["age"],
  label: { state: "verified", text: "Lute" },
  lastReceivedAt: undefined,
  unanswered: 4,
  firstSeenAt: 0,
  listedSince: 86_400_000,
  sessions: [{ version: OMEMO_2, unanswered: 4, lastReceivedAt: 0, startedAt: undefined }],
};
const TABLET: DeviceInfo = {
  device: { jid: ROMEO, deviceId: deviceId(3) },
  versions: [],
  fingerprint: undefined,
  activity: "inactive",
  staleBecause: [],
  label: { state: "unverified" },
  lastReceivedAt: undefined,
  unanswered: 0,
  firstSeenAt: undefined,
  listedSince: undefined,
  sessions: [],
};
const READING: IntendedDevice = {
  action: "start-session",
  device: LAPTOP.device,
  identity: { ...LAPTOP.device, fingerprint: KEY },
  version: OMEMO_2,
  trust: "trusted",
  isKeyExchange: true,
};
const left = (reason: SkippedDevice["reason"]): SkippedDevice => ({
  action: "skip",
  device: TABLET.device,
  identity: undefined,
  version: undefined,
  trust: undefined,
  reason,
  remedy: { code: "try-again", text: "Try again." },
});
const SKIPPED = [left("no-bundle"), left("untrusted")];
const SENT: Sent = {
  id: "m1",
  stanzas: [{ name: "message", attrs: { id: "m1" }, children: [] }],
  devices: [READING, ...SKIPPED],
  intendedDevices: [READING],
  skippedDevices: SKIPPED,
  lostInLegacy: [],
};

const OPT_OUT: OptOutState = { conversation: ROMEO, state: "blocked", by: ROMEO, since: 1 };
const ROOM = bareJid("balcony@muc.example.org");
const ROOM_SENT: RoomSent = {
  ...SENT,
  room: ROOM,
  recipients: [ROMEO, bareJid("nurse@example.org")],
  unreachedMembers: [{ jid: bareJid("nurse@example.org"), reason: "no-devices" }],
  isComplete: true,
};

/** A peer whose manager writes down what it is asked. */
function scriptedPeer() {
  const calls: unknown[] = [];
  const events: JsonEvent[] = [];
  const stanzas: string[] = [];
  const trust = new Map<string, TrustState>();
  const note = (call: string) => async (argument?: unknown) => void calls.push([call, argument]);
  const peer: Peer = {
    manager: {
      devices: {
        staleOwn: async () => [],
        remove: async (ids) => {
          calls.push(["devices.remove", ids]);
          return [{ version: OMEMO_2, removed: [LAPTOP.device.deviceId], error: undefined }];
        },
        previewPurge: async () => [],
        setLabel: note("devices.setLabel"),
        refresh: async () => [],
        isTurnedOff: async () => false,
      },
      initialize: note("initialize"),
      getActiveFingerprints: async (jid) => {
        calls.push(["getActiveFingerprints", jid]);
        return [];
      },
      getDevicesOf: async (jid) => (jid === OWN.jid ? [ownInfo] : [LAPTOP, TABLET]),
      getOwnDevice: () => OWN,
      getOwnFingerprint: () => "cd".repeat(32) as OmemoFingerprint,
      getTrust: async (asked) =>
        asked.map(({ fingerprint }) => trust.get(fingerprint) ?? "undecided"),
      optOut: {
        request: async (...asked) => {
          calls.push(["optOut.request", ...asked]);
          return SENT;
        },
        requestEverywhere: async () => ({ told: [], failed: [] }),
        confirm: note("optOut.confirm"),
        revoke: note("optOut.revoke"),
        get: async () => undefined,
        list: async () => [OPT_OUT],
      },
      purgeEverything: note("purgeEverything"),
      rebuildSessions: note("rebuildSessions"),
      replaceSession: note("replaceSession"),
      replaceSessionsOf: async (jid) => {
        calls.push(["replaceSessionsOf", jid]);
        return { replaced: [LAPTOP.device], skipped: SENT.skippedDevices.slice(0, 1) };
      },
      requestDeviceListUpdateFor: note("requestDeviceListUpdateFor"),
      roomSupportsOmemo: async (room) => {
        calls.push(["roomSupportsOmemo", room]);
        return { isSupported: true, failed: [] };
      },
      sendRoomContent: async (room, content: readonly XmlElement[]) => {
        calls.push(["sendRoomContent", room, content.map(serialize)]);
        return ROOM_SENT;
      },
      sendRatchetUpdateMessage: async (device) => {
        calls.push(["sendRatchetUpdateMessage", device]);
        return true;
      },
      sendContent: async (to, content: readonly XmlElement[]) => {
        calls.push(["sendContent", to, content.map(serialize)]);
        return SENT;
      },
    },
    trust: {
      getTrust: async () => [],
      setTrust: async ({ jid, fingerprint }, state) => {
        calls.push(["setTrust", jid, fingerprint, state]);
        trust.set(fingerprint, state);
      },
    },
    send: async (stanza) => void stanzas.push(serialize(stanza)),
    request: async (iq) => void stanzas.push(serialize(iq)),
    enter: async (...entered) => void calls.push(["enter", ...entered]),
    emit: async (event) => void events.push(event),
  };
  return { peer, calls, events, stanzas };
}

const ownInfo: DeviceInfo = { ...TABLET, device: OWN, versions: [LEGACY] };

describe("a command", () => {
  it("send encrypts a body, and tells which devices can read it and which cannot", async () => {
    const { peer, calls, events } = scriptedPeer();
    const result = await execute(peer, { cmd: "send", to: ROMEO, body: "hello" });
    expect(result).toBeNull();
    expect(calls).toEqual([["sendContent", ROMEO, ["<body xmlns='jabber:client'>hello</body>"]]]);
    expect(events).toEqual([
      {
        ev: "sent",
        to: ROMEO,
        ns: OMEMO_2,
        id: "m1",
        empty: false,
        keys: [{ jid: ROMEO, device: 2, kex: true }],
      },
      { ev: "failed", error: "not encrypted for romeo@example.net/3: no-bundle" },
    ]);
  });

  it("send encrypts any element, alone or beside a body", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "send", to: ROMEO, content: "<x xmlns='urn:x'/>" });
    await execute(peer, { cmd: "send", to: ROMEO, content: "<x xmlns='urn:x'/>", body: "b" });
    expect(calls).toEqual([
      ["sendContent", ROMEO, ["<x xmlns='urn:x'/>"]],
      ["sendContent", ROMEO, ["<x xmlns='urn:x'/>", "<body xmlns='jabber:client'>b</body>"]],
    ]);
  });

  it("join enters a room, under the name of the account if none is given", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "join", room: ROOM });
    await execute(peer, { cmd: "join", room: ROOM, nick: "Jule", history: 5 });
    expect(calls).toEqual([
      ["enter", ROOM, "juliet", 0],
      ["enter", ROOM, "Jule", 5],
    ]);
  });

  it("makeroom configures a room for encryption before it lets members in [MUC-09]", async () => {
    const { peer, calls, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "makeroom", room: ROOM, nick: "Jule", members: [ROMEO] });
    expect(calls).toEqual([
      ["enter", ROOM, "Jule", 0],
      ["roomSupportsOmemo", ROOM],
    ]);
    expect(stanzas[0]).toContain("muc#roomconfig_membersonly");
    expect(stanzas[1]).toContain(`<item affiliation='member' jid='${ROMEO}'/>`);
    const wrong = execute(peer, { cmd: "makeroom", room: ROOM, members: [1] });
    await expect(wrong).rejects.toThrow(/members/);
  });

  it("room encrypts for a room, and tells which members it did not reach", async () => {
    const { peer, calls, events } = scriptedPeer();
    await execute(peer, { cmd: "room", room: ROOM, body: "hark" });
    expect(calls).toEqual([["sendRoomContent", ROOM, ["<body xmlns='jabber:client'>hark</body>"]]]);
    expect(events).toMatchObject([
      { ev: "sent", to: ROOM },
      { ev: "failed" },
      { ev: "failed", error: "not encrypted for nurse@example.org: no-devices" },
    ]);
  });

  it("devices asks the server first, and tells keys, trust and sessions of every device", async () => {
    const { peer, calls } = scriptedPeer();
    const listed = await execute(peer, { cmd: "devices", jid: ROMEO });
    expect(calls).toEqual([
      ["requestDeviceListUpdateFor", ROMEO],
      ["getActiveFingerprints", ROMEO],
    ]);
    expect(listed).toEqual([
      {
        device: 2,
        namespaces: [OMEMO_2],
        key: KEY,
        x25519: KEY,
        trust: "UNDECIDED",
        label: "Lute",
        label_state: "verified",
        active: { [OMEMO_2]: true },
        activity: "stale",
        stale_because: ["age"],
        unanswered: 4,
        last_received: null,
        first_seen: "1970-01-01T00:00:00.000Z",
        listed_since: "1970-01-02T00:00:00.000Z",
      },
      {
        device: 3,
        namespaces: [],
        key: null,
        x25519: null,
        trust: "UNDECIDED",
        label: null,
        label_state: "unverified",
        active: {},
        activity: "inactive",
        stale_because: [],
        unanswered: 0,
        last_received: null,
        first_seen: null,
        listed_since: null,
      },
    ]);
  });

  it("devices tells our own key of our own device", async () => {
    const { peer } = scriptedPeer();
    expect(await execute(peer, { cmd: "devices", jid: OWN.jid })).toMatchObject([
      { device: 1, key: "cd".repeat(32), trust: "TRUSTED" },
    ]);
  });

  it("trust decides about a key of the account, however it is written", async () => {
    const { peer, calls } = scriptedPeer();
    const key = KEY.toUpperCase();
    await execute(peer, { cmd: "trust", jid: ROMEO, key, level: "DISTRUSTED" });
    expect(calls).toEqual([["setTrust", ROMEO, KEY, "untrusted"]]);
  });

  it("trust refuses keys that no device of the account shows, and unknown levels", async () => {
    const { peer, calls } = scriptedPeer();
    const other = { cmd: "trust", jid: ROMEO, key: "ef".repeat(32), level: "TRUSTED" };
    await expect(execute(peer, other)).rejects.toThrow("no device with this key");
    const level = { cmd: "trust", jid: ROMEO, key: KEY, level: "FRIEND" };
    await expect(execute(peer, level)).rejects.toThrow("TRUSTED, DISTRUSTED, UNDECIDED");
    expect(calls).toEqual([]);
  });

  it("replace without a device is for the whole account, and without an account for all [O2-146]", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "replace", jid: ROMEO })).toEqual({ 3: "no-bundle" });
    expect(await execute(peer, { cmd: "replace" })).toEqual({});
    expect(calls).toEqual([
      ["replaceSessionsOf", ROMEO],
      ["rebuildSessions", undefined],
    ]);
  });

  it("update moves the ratchet with a device on, and tells whether anything left", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "update", jid: ROMEO, device: 2 })).toBe(true);
    expect(calls).toEqual([["sendRatchetUpdateMessage", LAPTOP.device]]);
  });

  it("optout asks for plaintext, agrees to it, and goes back [O2-164, O2-166, O2-168]", async () => {
    const { peer, calls, events } = scriptedPeer();
    const cmd = "optout";
    await execute(peer, { cmd, jid: ROMEO, action: "request", reason: "compliance" });
    await execute(peer, { cmd, jid: ROMEO, action: "confirm" });
    await execute(peer, { cmd, jid: ROMEO, action: "revoke" });
    expect(calls).toEqual([
      ["optOut.request", ROMEO, "compliance"],
      ["optOut.confirm", ROMEO],
      ["optOut.revoke", ROMEO],
    ]);
    expect(events[0]).toMatchObject({ ev: "sent", to: ROMEO });
    const wrong = execute(peer, { cmd, jid: ROMEO, action: "maybe" });
    await expect(wrong).rejects.toThrow("request, confirm, revoke");
    expect(await execute(peer, { cmd: "optouts" })).toEqual([OPT_OUT]);
  });

  it("replace and chain name a device of the account", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "replace", jid: ROMEO, device: 2 })).toEqual({});
    expect(calls).toEqual([["replaceSession", LAPTOP.device]]);
    expect(await execute(peer, { cmd: "chain", jid: ROMEO, device: 2 })).toEqual({ [OMEMO_2]: 4 });
    await expect(execute(peer, { cmd: "chain", jid: ROMEO, device: 9 })).rejects.toThrow(
      "device 9",
    );
  });

  it("subscribe asks and grants", async () => {
    const { peer, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "subscribe", to: ROMEO });
    expect(stanzas).toEqual([
      "<presence to='romeo@example.net' type='subscribe'/>",
      "<presence to='romeo@example.net' type='subscribed'/>",
    ]);
  });

  it("raw sends one element as it is", async () => {
    const { peer, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "raw", xml: "<message to='b@c'><body>&lt;</body></message>" });
    expect(stanzas).toEqual(["<message to='b@c'><body>&lt;</body></message>"]);
    await expect(execute(peer, { cmd: "raw", xml: "<a/><b/>" })).rejects.toThrow("XML");
  });

  it("leave takes the device off the lists", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "leave" });
    expect(calls).toEqual([["purgeEverything", undefined]]);
  });

  it("label, remove-devices, disable and enable are about our own devices", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "label", label: "Lute" });
    await execute(peer, { cmd: "label" });
    expect(await execute(peer, { cmd: "remove-devices", devices: [2] })).toEqual([
      { ns: OMEMO_2, removed: [2], error: null },
    ]);
    await execute(peer, { cmd: "disable", account: true });
    await execute(peer, { cmd: "enable" });
    expect(calls).toEqual([
      ["devices.setLabel", "Lute"],
      ["devices.setLabel", undefined],
      ["devices.remove", [2]],
      ["purgeEverything", { wholeAccount: true }],
      ["initialize", undefined],
    ]);
    const wrong = execute(peer, { cmd: "remove-devices", devices: "all" });
    await expect(wrong).rejects.toThrow("list of ids");
  });

  it.each(["hold", "release"])("%s says that it cannot be done", async (cmd) => {
    await expect(execute(scriptedPeer().peer, { cmd })).rejects.toThrow("not supported");
  });

  it("that nobody knows, or that lacks a field, is refused with a reason", async () => {
    const { peer } = scriptedPeer();
    await expect(execute(peer, { cmd: "fly" })).rejects.toThrow("unknown command fly");
    await expect(execute(peer, { cmd: "send", body: "hello" })).rejects.toThrow('"to"');
    await expect(execute(peer, { cmd: "send", to: ROMEO })).rejects.toThrow('"body"');
    await expect(execute(peer, { cmd: "chain", jid: ROMEO })).rejects.toThrow('"device"');
  });
});
