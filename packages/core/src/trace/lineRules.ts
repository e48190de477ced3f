import { LEGACY, OMEMO_2 } from "../domain/version.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { error } from "./errorRule.js";
import {
  age,
  byName,
  count,
  date,
  device,
  fields,
  flag,
  listOf,
  named,
  oneOf,
  type Rule,
  release,
} from "./rules.js";

const account = named("account");
const key = named("key");
const version = oneOf(OMEMO_2, LEGACY);
const trust = oneOf("trusted", "untrusted", "undecided");
/** Of a function only that it is one. */
const undecided = oneOf("stop", "skip");

/** Packages whose versions may be named. */
const PACKAGES: readonly string[] = [
  ...["core", "backend-noble", "backend-libsignal", "xmpp-client", "trust", "archive"],
  ...["store-file", "store-caching", "store-sql", "store-indexeddb", "store-encrypted"],
].map((name) => `@omemo/${name}`);

/** Ways of keeping state that may be named. */
const STORES = ["memory", "file", "caching", "sql", "indexeddb", "encrypted", "own"] as const;

/** What keeps the state: `own` for a store of the application's. */
export type StoreKind = (typeof STORES)[number];

const REFUSALS = [
  ...["no-session", "no-prekey", "no-signed-prekey", "not-authentic", "too-many-skipped"],
  ...["malformed", "identity-differs", "payload-refused", "payload-missing", "outdated-sender"],
  ...["affix-mismatch", "not-in-room", "private-message", "unknown-sender", "other-encryption"],
  ...["untrusted-request", "inbox-full", "too-many-devices", "not-for-this-device", "duplicate"],
];

const PROBLEMS = [
  ...["announce", "catch-up", "publish-bundle", "refresh-device-list", "send-empty-message"],
  ...["start-session", "rebuild-sessions", "generation", "room", "pause", "receive", "deliver"],
  ...["answer-request", "republish-loop", "rotate-signed-prekey", "forget-devices"],
];

const ENCRYPTIONS = [
  ...[LEGACY, OMEMO_2, "urn:xmpp:omemo:1", "urn:xmpp:openpgp:0", "jabber:x:encrypted"],
  "urn:xmpp:otr:0",
];

const COLLECTIONS = [
  ...["account", "key-ids", "prekey", "used-prekey", "signed-prekey", "device-list", "device"],
  ...["session", "session-part", "todo", "inbox", "generation", "recovery", "rebuild", "automatic"],
  ...["opt-out", "exchange", "trust", "news"],
];

/** Lines about the software: what it is and how it is set. */
type SoftwareLine = "trace" | "options";
/** Lines about the state, at the moment of writing. */
type StateLine =
  | "account"
  | "generation"
  | "recovery"
  | "prekeys"
  | "waiting"
  | "list"
  | "keys"
  | "session"
  | "automatic"
  | "unreadable"
  | "more";
/** Lines about what happened. */
type EventLine =
  | "attempt"
  | "failure"
  | "identity"
  | "device-list"
  | "silent-device"
  | "state-rolled-back"
  | "room"
  | "opt-out"
  | "problem"
  | "error";
/** What a line of a trace is about. */
export type LineKind = SoftwareLine | StateLine | EventLine;

/** What may be seen of a line, by field. */
export type LineRules = Readonly<Record<string, Rule>>;

const SOFTWARE: Readonly<Record<SoftwareLine, LineRules>> = {
  trace: {
    format: count,
    startedAt: date,
    writtenAt: date,
    packages: byName(PACKAGES, release),
    runtime: oneOf("node", "bun", "deno", "browser", "other"),
    runtimeVersion: release,
    backend: oneOf("noble", "libsignal", "counting"),
    versions: listOf(version),
    store: listOf(oneOf(...STORES)),
    /** Events that had to make room for later ones. */
    forgotten: count,
  },
  options: {
    undecided,
    rooms: fields({
      requireMembersOnly: flag,
      unreachable: oneOf("skip", "stop"),
      undecided,
    }),
    layout: oneOf("separate", "combined"),
    fallbackBody: flag,
    mayAnswer: flag,
    catchUp: flag,
    repairLegacySessions: flag,
    acceptOutdatedSenders: flag,
    limits: byName(Object.keys(DEFAULT_LIMITS), count),
  },
};

/** Ages in ms. */
const STATE: Readonly<Record<StateLine, LineRules>> = {
  account: { account, device, key, made: age },
  generation: { number: count, current: count, starts: count, renewed: age, isMirrored: flag },
  recovery: {
    recovery: oneOf("rolled-back", "restored", "requested"),
    droppedSessions: count,
    isSettled: flag,
  },
  prekeys: {
    version,
    unused: count,
    used: count,
    signed: listOf(fields({ id: count, made: age })),
    nextPreKeyId: count,
    nextSignedPreKeyId: count,
  },
  waiting: {
    messages: count,
    effects: listOf(oneOf(...PROBLEMS)),
    isTurnedOff: flag,
    optOuts: count,
  },
  list: { version, owner: account, seen: age, devices: listOf(device), inactive: count },
  keys: { device, shown: listOf(fields({ key, seen: age })) },
  session: {
    device,
    key,
    version,
    trust,
    backend: oneOf("noble", "libsignal", "counting"),
    format: count,
    bytes: count,
    parts: count,
    started: age,
    received: age,
    unanswered: count,
    owesAnswer: flag,
    lease: fields({ start: count, generation: count, steps: count }),
    counters: fields({
      sent: count,
      sentBefore: count,
      received: count,
      chains: count,
      archived: count,
      isPending: flag,
    }),
  },
  automatic: {
    purpose: oneOf("answer", "repair", "recovery", "newcomers", "strangers"),
    device,
    times: count,
    since: age,
  },
  unreadable: { what: oneOf(...COLLECTIONS, "settings"), error },
  /** More was there than is written down. */
  more: { what: oneOf(...COLLECTIONS) },
};

/** `after`: ms since the trace was started. */
const EVENTS: Readonly<Record<EventLine, LineRules>> = {
  attempt: {
    after: count,
    device,
    version,
    message: oneOf("key-exchange", "ratchet", "malformed"),
    outcome: oneOf("opened", ...REFUSALS),
    key,
    counter: count,
    preKeyId: count,
    signedPreKeyId: count,
    isNewSession: flag,
    duration: count,
  },
  failure: {
    after: count,
    reason: oneOf(...REFUSALS),
    from: account,
    conversation: account,
    room: account,
    senderKnownBy: oneOf("presence", "archive", "device", "unknown"),
    direction: oneOf("received", "sent"),
    origin: oneOf("live", "archive", "carbon-sent", "carbon-received"),
    message: named("message"),
    device,
    version,
    encryption: oneOf(...ENCRYPTIONS),
    affix: oneOf("from", "to", "time"),
    count,
    isOfManyDevices: flag,
    isRedelivery: flag,
    sent: age,
  },
  identity: { after: count, device, key, isChangedKey: flag, isRedelivery: flag },
  "device-list": { after: count, owner: account, version, devices: listOf(device) },
  "silent-device": { after: count, device, version, unanswered: count, maxUnanswered: count },
  "state-rolled-back": {
    after: count,
    state: oneOf("rolled-back", "restored", "requested", "copied"),
    droppedSessions: count,
    isRepeated: flag,
  },
  room: { after: count, room: account, isIn: flag, recipients: count, isComplete: flag },
  "opt-out": {
    after: count,
    change: oneOf("opted-out", "resumed"),
    conversation: account,
    by: account,
    device,
    trust,
    isEffective: flag,
  },
  problem: { after: count, what: oneOf(...PROBLEMS), error, willRetry: flag },
  error: { after: count, error },
};

/** All that may ever be read in a trace: what has no rule here does not get into one. */
export const LINE_RULES: Readonly<Record<LineKind, LineRules>> = {
  ...SOFTWARE,
  ...STATE,
  ...EVENTS,
};
