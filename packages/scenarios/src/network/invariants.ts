import type { XmlElement } from "@omemo/core";
import { qualify, readMessageIds } from "@omemo/core/wire";
import { type MessageKeys, readableTexts, type WireRecord } from "@omemo/testkit";
import { type Ledger, MARK } from "./ledger.js";
import { wireKeys } from "./wireKeys.js";

/** Reasons for which an honest network may leave a message unreadable for a device it was meant for. */
const EXPECTED_FAILURES: ReadonlySet<string> = new Set([
  // Two senders took the same prekey: the price of asynchronous key exchange.
  "no-prekey",
]);

/** What there is to see of a run when it is over. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly log: readonly WireRecord[];
  readonly keys: MessageKeys;
  /** Since when nobody had anything to say. */
  readonly quietSince: number;
  /** What a device could read in archives until then. */
  archiveOf(device: string): readonly XmlElement[];
}

/** All of them. */
export function checkInvariants(evidence: Evidence): void {
  const { ledger, log, keys, quietSince } = evidence;
  checkKeyUse(log);
  checkCountedKeys(keys);
  checkNothingReadable(log);
  checkContent(ledger);
  checkExactlyOnce(ledger);
  checkNothingLost(ledger);
  checkEveryArrival(evidence);
  checkArchives(evidence);
  checkQuiet(log, quietSince);
}

/** The same as the backend counted it, which also sees what never was in a stanza of the log. */
function checkCountedKeys({ reused }: MessageKeys): void {
  if (reused.length > 0) fail(`message key used twice, as counted: ${reused[0]}`);
}

/** No text leaves in the clear (invariant 4). */
function checkNothingReadable(log: readonly WireRecord[]): void {
  const [first] = readableTexts(log, [MARK]);
  if (first !== undefined) fail(`${first.account} sent a text that anybody can read`);
}

/** No message key is ever used twice, whatever crashed (invariant 1). */
export function checkKeyUse(log: readonly WireRecord[]): void {
  const seen = new Map<string, string>();
  for (const { direction, kind, stanza } of log) {
    if (direction !== "sent" || kind !== "message" || stanza === undefined) continue;
    for (const { name, message } of wireKeys(stanza)) {
      const before = seen.get(name);
      if (before !== undefined && before !== message) fail(`message key used twice: ${name}`);
      seen.set(name, message);
    }
  }
  if (seen.size === 0) fail("nothing encrypted was sent at all");
}

/** Decrypted once per device; delivered again only with the mark (invariant 2). */
export function checkExactlyOnce(ledger: Ledger): void {
  const first = new Map<string, string>();
  for (const { device, text, inboxId, isRedelivery } of ledger.deliveries) {
    const name = `${device}: ${text}`;
    const before = first.get(name);
    if (before === undefined) first.set(name, inboxId);
    else if (before !== inboxId) fail(`decrypted twice: ${name}`);
    else if (!isRedelivery) fail(`delivered twice without mark: ${name}`);
  }
}

/** What was decrypted reaches the application, although the process died (invariant 2). */
export function checkNothingLost(ledger: Ledger): void {
  for (const [device, inboxIds] of ledger.durable) {
    const delivered = new Set(
      ledger.deliveries.filter((each) => each.device === device).map(({ inboxId }) => inboxId),
    );
    for (const inboxId of inboxIds) {
      if (!delivered.has(inboxId)) fail(`decrypted on ${device} and never delivered: ${inboxId}`);
    }
  }
}

/** The texts are those that were sent, at the devices they were encrypted for. */
export function checkContent(ledger: Ledger): void {
  const known = new Map(ledger.sends.map((entry) => [entry.text, entry]));
  for (const { device, text } of ledger.deliveries) {
    const entry = known.get(text);
    if (entry === undefined) fail(`${device} got a text that nobody sent`);
    else if (entry.from === device) fail(`${device} got its own message`);
  }
}

/** A message that reached a device is delivered there, or its failure is told (invariant 12). */
function checkEveryArrival({ ledger, log }: Evidence): void {
  const arrivals = arrivalsByDevice(ledger, log);
  forEachUnread(ledger, (name, text, id) => {
    if (!arrivals.has(`${name} ${id}`)) return; // lost on the way, as messages are
    const reasons = ledger.failures
      .filter(({ device, originId }) => device === name && originId === id)
      .map(({ reason }) => reason);
    if (reasons.some((reason) => EXPECTED_FAILURES.has(reason))) return;
    fail(`"${text}" arrived at ${name} and was not read: ${reasons.join() || "no reason"}`);
  });
}

/**
 * A message that a device could read in an archive was decrypted, or tried and refused for a good
 * reason, whatever died meanwhile (invariant 2).
 */
function checkArchives({ ledger, archiveOf }: Evidence): void {
  const keysOf = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const [name, { deviceId }] of ledger.devices) {
    keysOf.set(name, keysById(archiveOf(name), deviceId));
  }
  forEachUnread(ledger, (name, text, id) => {
    const keys = keysOf.get(name)?.get(id) ?? [];
    const reasons = keys.map((key) => ledger.refusals.get(`${name} ${key}`) ?? "never tried");
    if (reasons.every((reason) => EXPECTED_FAILURES.has(reason))) return;
    fail(`"${text}" is in the archive of ${name} and was not read: ${reasons.join()}`);
  });
}

/** Keys for a device in the stanzas of each message, by origin id. */
function keysById(
  stanzas: readonly XmlElement[],
  device: number,
): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const stanza of stanzas) {
    const { originId } = readMessageIds(qualify(stanza));
    if (originId === undefined) continue;
    const own = wireKeys(stanza).filter(({ deviceId }) => deviceId === device);
    keys.set(originId, [...(keys.get(originId) ?? []), ...own.map(({ whole }) => whole)]);
  }
  return keys;
}

/** What was sent and meant for a device, and was not delivered there. */
function forEachUnread(
  ledger: Ledger,
  visit: (name: string, text: string, originId: string) => void,
): void {
  for (const { text, sent } of ledger.sends) {
    for (const { device } of sent?.intendedDevices ?? []) {
      const name = nameOf(ledger, device.jid, device.deviceId);
      if (sent === undefined || name === undefined) continue;
      if (ledger.deliveries.some((each) => each.device === name && each.text === text)) continue;
      visit(name, text, sent.id);
    }
  }
}

/** Virtual ms in which a process that lives has dealt with what arrived. */
const SETTLE_TIME = 120_000;

/** `device originId` of all messages with a key for the device that its process lived to read. */
function arrivalsByDevice(ledger: Ledger, log: readonly WireRecord[]): ReadonlySet<string> {
  const arrivals = new Set<string>();
  for (const { at, account, resource, direction, kind, stanza } of log) {
    if (direction !== "received" || kind !== "message" || stanza === undefined) continue;
    const name = `${account}/${resource}`;
    const own = ledger.devices.get(name)?.deviceId;
    const { originId } = readMessageIds(qualify(stanza));
    if (originId === undefined || !wireKeys(stanza).some((key) => key.deviceId === own)) continue;
    const restarts = ledger.starts.get(name) ?? [];
    const died = restarts.some((start) => start >= at && start <= at + SETTLE_TIME);
    if (!died) arrivals.add(`${name} ${originId}`);
  }
  return arrivals;
}

function nameOf(ledger: Ledger, jid: string, deviceId: number): string | undefined {
  for (const [name, device] of ledger.devices) {
    if (device.jid === jid && device.deviceId === deviceId) return name;
  }
  return undefined;
}

/** It goes quiet: nobody has anything left to say (invariant 10). */
function checkQuiet(log: readonly WireRecord[], since: number): void {
  const late = log.filter(
    ({ at, direction, kind }) => at >= since && direction === "sent" && kind === "message",
  );
  if (late.length > 0) fail(`${late.length} messages were sent although all was said`);
}

function fail(reason: string): never {
  throw new Error(reason);
}
