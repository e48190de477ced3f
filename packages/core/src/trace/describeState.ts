import type { OmemoVersion } from "../domain/version.js";
import type { RecordKey, StoredRecord } from "../ports/store.js";
import { decodeAccount, ownFingerprint } from "../session/records/accountRecord.js";
import { automaticCodec } from "../session/records/boundedRecord.js";
import { deviceListCodec } from "../session/records/deviceListRecord.js";
import { deviceCodec } from "../session/records/deviceRecord.js";
import { generationCodec, recoveryCodec } from "../session/records/generationRecord.js";
import { decodeSignedPreKey, keyIdsCodec } from "../session/records/preKeyRecord.js";
import {
  accountKey,
  generationKey,
  inboxPrefix,
  keyIdsKey,
  optOutPrefix,
  preKeyPrefix,
  recoveryKey,
  signedPreKeyPrefix,
  todoPrefix,
  turnedOffKey,
} from "../session/records/recordKeys.js";
import { describeSessions } from "./describeSessions.js";
import type { RawLine } from "./redact.js";
import { deviceNamed, listed, type StateNotes, type TracedPorts } from "./stateNotes.js";

/**
 * How the state of a device stands, read from its store alone, so that it can be told also of a
 * manager that does not start. What cannot be read is a line of its own (invariant 5).
 */
export async function describeState(ports: TracedPorts): Promise<readonly RawLine[]> {
  const lines: RawLine[] = [];
  const notes: StateNotes = {
    add: (kind, about) => void lines.push({ kind, about }),
    attempt: async (what, work) => {
      try {
        await work();
      } catch (error) {
        lines.push({ kind: "unreadable", about: { what, error } });
      }
    },
  };
  await describeSingles(ports, notes);
  for (const version of ports.backend.versions) await describePreKeys(ports, notes, version);
  await describeWaiting(ports, notes);
  await describeDevices(ports, notes);
  await describeSessions(ports, notes);
  return lines;
}

async function describeSingles({ store }: TracedPorts, notes: StateNotes): Promise<void> {
  const one = (key: RecordKey, describe: (record: StoredRecord) => void) =>
    notes.attempt(key[0], async () => {
      const [record] = await store.get([key]);
      if (record !== undefined) describe(record);
    });
  await one(accountKey, (record) => {
    const { jid, deviceId, identity, createdAt } = decodeAccount(record);
    const key = ownFingerprint({ identity });
    notes.add("account", { account: jid, device: { jid, deviceId }, key, made: createdAt });
  });
  await one(generationKey, (record) => {
    const { renewedAt, ...generation } = generationCodec.decode(record);
    notes.add("generation", { ...generation, renewed: renewedAt });
  });
  await one(recoveryKey, (record) => {
    const { kind: recovery, ...rest } = recoveryCodec.decode(record);
    notes.add("recovery", { ...rest, recovery });
  });
}

function describePreKeys(
  { store }: TracedPorts,
  notes: StateNotes,
  version: OmemoVersion,
): Promise<void> {
  return notes.attempt("prekey", async () => {
    const [storedIds] = await store.get([keyIdsKey(version)]);
    const ids = storedIds && keyIdsCodec.decode(storedIds);
    const signed: object[] = [];
    for await (const record of store.list(signedPreKeyPrefix(version))) {
      const { id, createdAt } = decodeSignedPreKey(record);
      signed.push({ id, made: createdAt });
    }
    notes.add("prekeys", {
      ...ids,
      version,
      unused: await numberOf(store.list(preKeyPrefix(version))),
      used: await numberOf(store.list(["used-prekey", version])),
      signed,
    });
  });
}

function describeWaiting({ store }: TracedPorts, notes: StateNotes): Promise<void> {
  return notes.attempt("todo", async () => {
    const effects = new Set<string | undefined>();
    for await (const { key } of store.list(todoPrefix)) effects.add(key[1]);
    const [turnedOff] = await store.get([turnedOffKey]);
    notes.add("waiting", {
      messages: await numberOf(store.list(inboxPrefix)),
      effects: [...effects],
      isTurnedOff: turnedOff !== undefined,
      optOuts: await numberOf(store.list(optOutPrefix)),
    });
  });
}

async function describeDevices({ store }: TracedPorts, notes: StateNotes): Promise<void> {
  await listed(store, notes, "device-list", (record) => {
    const [, version, owner] = record.key;
    const { devices, inactive, seenAt } = deviceListCodec.decode(record);
    notes.add("list", {
      version,
      owner,
      seen: seenAt,
      devices: devices.map(({ deviceId }) => ({ jid: owner, deviceId })),
      inactive: inactive.length,
    });
  });
  await listed(store, notes, "device", (record) => {
    const [, jid, id] = record.key;
    const shown = deviceCodec.decode(record).keys.map(({ fingerprint, firstSeenAt }) => {
      return { key: fingerprint, seen: firstSeenAt };
    });
    notes.add("keys", { device: deviceNamed(jid, id), shown });
  });
  await listed(store, notes, "automatic", (record) => {
    const [, purpose, jid, id] = record.key;
    const { count: times, since } = automaticCodec.decode(record);
    const device = jid === undefined ? undefined : deviceNamed(jid, id);
    notes.add("automatic", { purpose, device, times, since });
  });
}

async function numberOf(records: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const _ of records) number += 1;
  return number;
}
