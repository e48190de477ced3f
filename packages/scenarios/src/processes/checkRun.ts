import type { OmemoDevice } from "@omemo/core";
import { type KeySighting, observeKeys, type WireRecord } from "@omemo/testkit";
import {
  checkContent,
  checkExactlyOnce,
  checkKeyUse,
  checkNothingLost,
} from "../network/invariants.js";
import type { Ledger } from "../network/ledger.js";
import type { Hub } from "./hub.js";

/**
 * What must hold when nobody has anything left to say: every message was read once wherever it was
 * meant to be read, no message key was used twice, and nothing went wrong that a reader was told of.
 */
export function checkRun({ network: { log }, ledger }: Hub): void {
  checkKeyUse(log);
  checkContent(ledger);
  checkExactlyOnce(ledger);
  checkNothingLost(ledger);
  checkNoFailure(ledger);
  checkAllRead(ledger);
  checkWireRead(ledger, log);
}

/** The network is calm and nobody lies: then no message is unreadable, and no send refused. */
function checkNoFailure({ failures, sends }: Ledger): void {
  for (const { device, reason, originId } of failures) {
    // An empty message to one device of an account reaches the others as well.
    if (reason === "not-for-this-device") continue;
    throw new Error(`${device} could not read ${originId}: ${reason}`);
  }
  for (const { text, error } of sends) {
    if (error !== undefined) throw new Error(`"${text}" was refused: ${error}`);
  }
}

/** What was reported as sent is read on each device it was encrypted for. */
function checkAllRead(ledger: Ledger): void {
  for (const { text, sent } of ledger.sends) {
    for (const { device } of sent?.intendedDevices ?? []) {
      const name = nameOf(ledger, device);
      if (name === undefined || ledger.hasDelivered(name, text)) continue;
      throw new Error(`"${text}" never reached ${name}`);
    }
  }
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
