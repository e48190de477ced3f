import type { DeliveryEntry, DeliveryPlan } from "@omemo/core";
import { type Command, textField } from "../command.js";
import { TRUST_LEVELS } from "../describe.js";
import type { Peer } from "../peer.js";
import { contentOf } from "./send.js";

/** What sending would do to each device, `to` an account or in a `room`; nothing is sent. */
export async function plan({ manager }: Peer, command: Command): Promise<unknown> {
  const says = command.body !== undefined || command.content !== undefined;
  const options = says ? { content: contentOf(command) } : {};
  return describe(
    command.room === undefined
      ? await manager.plan(textField(command, "to"), options)
      : await manager.planForRoom(textField(command, "room"), options),
  );
}

function describe({ devices, unreached, obstacle }: DeliveryPlan) {
  return {
    devices: devices.map(describeEntry),
    unreached: Object.fromEntries(unreached.map(({ jid, reason }) => [jid, reason])),
    obstacle: obstacle === undefined ? null : { code: obstacle.code, text: obstacle.message },
  };
}

function describeEntry(entry: DeliveryEntry) {
  const { action, device, identity, version, trust } = entry;
  const skipped = entry.action === "skip" ? entry : undefined;
  return {
    jid: device.jid,
    device: device.deviceId,
    action,
    ns: version ?? null,
    key: identity?.fingerprint ?? null,
    trust: trust === undefined ? null : TRUST_LEVELS[trust],
    reason: skipped?.reason ?? null,
    remedy: skipped?.remedy ?? null,
  };
}
