import type { OmemoDevice } from "@omemo/core";
import { type KeySighting, observeKeys, type WireRecord } from "@omemo/testkit";
import {
  checkContent,
  checkExactlyOnce,
  checkKeyUse,
  checkNothingLost,
} from "../network/invariants.js";
import type { Ledger, SendEntry } from "../network/ledger.js";
import type { Hub } from "./hub.js";

/** What is left of a run when it is over. */
export interface Run {
  readonly network: Pick<Hub["network"], "log">;
  readonly ledger: Ledger;
}

/**
 * What must hold when nobody has anything left to say: every message was read once wherever it was
 * meant to be read, no message key was used twice, and nothing went wrong that a reader was told of.
 */
export function checkRun({ network: { log }, ledger }: Run): void {
  checkKeyUse(log);
  checkContent(ledger);
  checkExactlyOnce(ledger);
  checkNothingLost(ledger);
  checkNoFailure(ledger);
  checkAllRead(ledger);
  checkWireRead(ledger, log);
}

/** The network is calm and nobody lies: then no message is unreadable, and no send refused. */
function checkNoFailure(ledger: Ledger): void {
  const { failures, sends } = ledger;
  for (const { device, reason, originId } of failures) {
    // An empty message to one device of an account reaches the others as well.
    if (reason === "not-for-this-device") continue;
    // A process that is late finds the chain of a message forgotten that another one has read.
    const text = sends.find(({ sent }) => sent?.id === originId)?.text;
    if (text !== undefined && ledger.hasDelivered(device, text)) continue;
    throw new Error(`${device} could not read ${originId}: ${reason}`);
  }
  for (const { text, error } of sends) {
    if (error !== undefined) throw new Error(`"${text}" was refused: ${error}`);
  }
}

/** What was reported as sent is read on each device it was encrypted for. */
function checkAllRead(ledger: Ledger): void {
  for (const entry of ledger.sends) {
    const [device] = unreadOn(ledger, entry);
    if (device !== undefined) throw new Error(`"${entry.text}" never reached ${device}`);
  }
}

/** Names of the devices that an entry was sent to and that have not read it yet. */
export function unreadOn(ledger: Ledger, { sent, text }: SendEntry): readonly string[] {
  return (sent?.intendedDevices ?? []).flatMap(({ device }) => {
    const name = nameOf(ledger, device);
    return name === undefined || ledger.hasDelivered(name, text) ? [] : [name];
  });
}

/** Also what a process sent that died before it could say so. */
function checkWireRead(ledger: Ledger, log: readonly WireRecord[]): void {
  const messages = new Map<string, Set<string>>();
  for (const sighting of observeKeys(log)) {
    const name = recipientOf(ledger, sighting);
    if (!sighting.hasPayload || name === undefined) continue;
    const own = Buffer.from(sighting.bytes).toString("hex");
    messages.set(name, (messages.get(name) ?? new Set()).add(own));
  }
  for (const [name, { size }] of messages) {
    const texts = new Set(
      ledger.deliveries.filter(({ device }) => device === name).map(({ text }) => text),
    );
    if (texts.size === size) continue;
    throw new Error(`${size} messages left for ${name}, which read ${texts.size}`);
  }
}

function recipientOf(ledger: Ledger, { recipientDevice }: KeySighting): string | undefined {
  // Device ids are random, so they tell devices apart without the account, which legacy keys lack.
  for (const [name, { deviceId }] of ledger.devices) if (deviceId === recipientDevice) return name;
  return undefined;
}

function nameOf(ledger: Ledger, { jid, deviceId }: OmemoDevice): string | undefined {
  for (const [name, device] of ledger.devices) {
    if (device.jid === jid && device.deviceId === deviceId) return name;
  }
  return undefined;
}

/** What may explain why a run did not end well, a few lines of each. */
export function describeTroubles({ ledger }: Hub): string {
  const unread = ledger.sends.flatMap((entry) =>
    unreadOn(ledger, entry).map((device) => `"${entry.text}" was not read on ${device}`),
  );
  const failures = ledger.failures.map(({ device, reason, originId }) => {
    return `${device} could not read ${originId}: ${reason}`;
  });
  const lines = [unread, failures, ledger.troubles].flatMap((each) => each.slice(0, MAX_LINES));
  return lines.map((line) => `\n  ${line}`).join("");
}

const MAX_LINES = 5;
