import {
  bareJid,
  deviceId,
  fingerprint,
  type OmemoDevice,
  type OmemoIdentity,
  type SessionHead,
} from "../../src/index.js";
import type { Opened } from "../../src/ports/backend.js";
import type { RecordKey, RecordVersion, StoredRecord } from "../../src/ports/store.js";
import type { DeviceListRecord } from "../../src/session/records/deviceListRecord.js";

export function device(jid: string, id: number): OmemoDevice {
  return { jid: bareJid(jid), deviceId: deviceId(id) };
}

export function identity(jid: string, id: number, digit = "a"): OmemoIdentity {
  return { ...device(jid, id), fingerprint: fingerprint(digit.repeat(64)) };
}

export function stored(
  key: RecordKey,
  value: Uint8Array = new Uint8Array([1]),
  version = "1",
): StoredRecord {
  return { key, value, version: version as RecordVersion };
}

export function listRecord(...ids: readonly number[]): DeviceListRecord {
  return { devices: ids.map((id) => ({ deviceId: deviceId(id) })), inactive: [], seenAt: 0 };
}

export function opened(over: Partial<Opened> = {}): Opened {
  return {
    kind: "opened",
    change: { head: new Uint8Array([9]) as SessionHead, put: [], drop: [] },
    plaintext: new Uint8Array(0),
    identityKey: new Uint8Array(32) as Opened["identityKey"],
    counter: 0,
    ratchetKey: new Uint8Array(32).fill(7),
    isNewSession: false,
    usedPreKey: false,
    ...over,
  };
}
