import type { OmemoFingerprint, XmlElement } from "@omemo/core";
import {
  type BareJid,
  bareJid,
  type DeliveryPlan,
  type DeviceInfo,
  deviceId,
  type HistoryPage,
  type IntendedDevice,
  LEGACY,
  memoryStore,
  OMEMO_2,
  type OmemoDevice,
  OmemoError,
  type OptOutState,
  type RoomSent,
  type Sent,
  type SkippedDevice,
  type TransportMessage,
} from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { manualTrust, readAuditLog, storeTable } from "@omemo/trust";
import type { ServerReport } from "@omemo/xmpp-client/report";
import type { JsonEvent } from "../src/jsonEvent.js";
import type { Peer } from "../src/peer.js";
import { openQuestions } from "../src/trust/questions.js";

export const ROMEO: BareJid = bareJid("romeo@example.net");
export const OWN: OmemoDevice = { jid: bareJid("juliet@example.org"), deviceId: deviceId(1) };
export const KEY: OmemoFingerprint = "ab".repeat(32) as OmemoFingerprint;
export const LAPTOP: DeviceInfo = {
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

export const OPT_OUT: OptOutState = { conversation: ROMEO, state: "blocked", by: ROMEO, since: 1 };
export const ROOM: BareJid = bareJid("balcony@muc.example.org");
const ROOM_SENT: RoomSent = {
  ...SENT,
  room: ROOM,
  recipients: [ROMEO, bareJid("nurse@example.org")],
  unreachedMembers: [{ jid: bareJid("nurse@example.org"), reason: "no-devices" }],
  isComplete: true,
};
const PLAN: DeliveryPlan = {
  recipients: [ROMEO],
  devices: [READING, left("no-bundle")],
  unreached: [{ jid: bareJid("nurse@example.org"), reason: "no-devices" }],
  obstacle: new OmemoError("no-recipient-devices", "the recipient has no OMEMO device"),
};

const archived = (archiveId: string): TransportMessage => ({
  kind: "message",
  origin: "archive",
  stanza: { name: "message", attrs: { from: ROMEO }, children: [] },
  sentAt: 1,
  archiveId,
});
const PAGE: HistoryPage = {
  items: [
    {
      kind: "duplicate",
      about: {
        from: ROMEO,
        conversation: ROMEO,
        direction: "received",
        origin: "archive",
        stanzaId: "s1",
        originId: "o1",
        archiveId: "a1",
        sentAt: 1,
      },
      archived: archived("a1"),
    },
    { kind: "plain", archived: archived("a2") },
  ],
  first: "a1",
  last: "a2",
  isComplete: true,
};

const REPORT: ServerReport = {
  domain: "example.org",
  software: "Prosody",
  softwareVersion: "0.12.3",
  isProbed: false,
  checks: [{ code: "carbons", state: "fine", seen: "messages are copied to all devices" }],
};

/** A peer, and all that it was asked to do. */
interface ScriptedPeer {
  readonly peer: Peer;
  readonly calls: readonly unknown[];
  readonly events: readonly JsonEvent[];
  readonly stanzas: readonly string[];
}

/** A peer whose manager writes down what it is asked. */
export function scriptedPeer(): ScriptedPeer {
  const calls: unknown[] = [];
  const events: JsonEvent[] = [];
  const stanzas: string[] = [];
  const store = memoryStore();
  const trust = manualTrust(storeTable(store, { audit: true, now: () => 0 }));
  const emit = async (event: JsonEvent) => void events.push(event);
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
        return jid === ROMEO ? [{ ...LAPTOP.device, fingerprint: KEY }] : [];
      },
      getDevicesOf: async (jid) => (jid === OWN.jid ? [ownInfo] : [LAPTOP, TABLET]),
      getOwnDevice: () => OWN,
      getOwnFingerprint: () => "cd".repeat(32) as OmemoFingerprint,
      getTrust: (asked) => trust.getTrust(asked),
      history: {
        beginCatchUp: note("history.beginCatchUp"),
        endCatchUp: note("history.endCatchUp"),
        isCatchingUp: false,
        read: async (query) => {
          calls.push(["history.read", query]);
          return PAGE;
        },
      },
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
      pause: note("pause"),
      resume: note("resume"),
      plan: async (...asked) => {
        calls.push(["plan", ...asked]);
        return PLAN;
      },
      planForRoom: async (...asked) => {
        calls.push(["planForRoom", ...asked]);
        return { ...PLAN, room: ROOM, isComplete: true };
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
      sendContent: async (to, content: readonly XmlElement[], options = {}) => {
        const chosen = Object.keys(options).length === 0 ? [] : [options];
        calls.push(["sendContent", to, content.map(serialize), ...chosen]);
        return SENT;
      },
      sendIq: async (to, type, content: readonly XmlElement[]) => {
        calls.push(["sendIq", to, type, content.map(serialize)]);
        return { content, device: LAPTOP.device, fingerprint: KEY, warnings: [] };
      },
      onIq: (handler) => {
        const { device } = LAPTOP;
        const content = [{ name: "q", attrs: { xmlns: "urn:x" }, children: [] }];
        const request = { content, device, fingerprint: KEY, warnings: [] };
        calls.push(["onIq", handler({ ...request, from: `${ROMEO}/lute`, type: "get" })]);
        return () => undefined;
      },
    },
    trust,
    automatic: undefined,
    readLog: () => readAuditLog(store),
    questions: openQuestions(emit),
    writeTrace: async () => '{"line":"trace"}\n{"line":"waiting"}\n',
    reportServer: async (options) => {
      calls.push(["reportServer", options]);
      return REPORT;
    },
    send: async (stanza) => void stanzas.push(serialize(stanza)),
    request: async (iq) => void stanzas.push(serialize(iq)),
    enter: async (...entered) => void calls.push(["enter", ...entered]),
    emit,
  };
  return { peer, calls, events, stanzas };
}

const ownInfo: DeviceInfo = { ...TABLET, device: OWN, versions: [LEGACY] };
