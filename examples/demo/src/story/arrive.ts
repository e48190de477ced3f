import { LEGACY, OMEMO_2 } from "@omemo/core";
import type { Stage } from "../stage/stage.js";

const NAMES = { [OMEMO_2]: "OMEMO 2", [LEGACY]: "legacy OMEMO" };

/** Everybody logs in; every device makes its keys and publishes them. */
export async function arrive({ narrator, people, devices }: Stage): Promise<void> {
  narrator.chapter("Everybody logs in, and each device makes its own keys");
  for (const device of devices) {
    await device.start();
    const { versions } = device.seat;
    const spoken = versions.map((version) => NAMES[version]).join(" and ");
    const id = device.manager.getOwnDevice().deviceId;
    narrator.tell(`${device.title.padEnd(14)} device ${String(id).padEnd(10)} speaks ${spoken}`);
  }
  for (const { name, address, devices: own } of people) {
    const [first] = own;
    await first?.manager.requestDeviceListUpdateFor(address);
    const known = (await first?.manager.getDevicesOf(address)) ?? [];
    const listed = known.filter(({ versions }) => versions.length > 0);
    const found = listed.map(({ device }) => device.deviceId);
    const expected = own.map(({ manager }) => manager.getOwnDevice().deviceId);
    if (found.length > expected.length) {
      throw new Error(`${address} has other devices already; the story needs fresh accounts`);
    }
    narrator.check(
      `${name}'s account lists ${own.length} devices`,
      found.length === expected.length && expected.every((id) => found.includes(id)),
    );
  }
}
