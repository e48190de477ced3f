import type { Device } from "./device.js";

/** Somebody with several devices on one account. */
export interface Person {
  readonly name: string;
  readonly address: string;
  readonly devices: readonly Device[];
  /** @throws Error when there is no such device. */
  device(name: string): Device;
}

export function person(name: string, address: string, devices: readonly Device[]): Person {
  return {
    name,
    address,
    devices,
    device: (wanted) => {
      const found = devices.find(({ seat }) => seat.name === wanted);
      if (found === undefined) throw new Error(`${name} has no ${wanted}`);
      return found;
    },
  };
}
