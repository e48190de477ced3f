import { concatBytes, toHex } from "../../domain/bytes.js";
import { fingerprintOf, type OmemoDevice, type OmemoIdentity } from "../../domain/device.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { Opened, Refused } from "../../ports/backend.js";
import type { RecordKey, StoredRecord } from "../../ports/store.js";
import { usedPreKeyKey } from "../../session/history/catchUpRecord.js";
import type { FailureReason } from "../../session/received.js";
import { type DeviceRecord, deviceCodec } from "../../session/records/deviceRecord.js";
import { decodePreKey, decodeSignedPreKey } from "../../session/records/preKeyRecord.js";
import {
  deviceKey,
  exchangeKey,
  preKeyKey,
  sessionKey,
  signedPreKeyKey,
} from "../../session/records/recordKeys.js";
import { type KeyHeader, readKeyHeader } from "../../wire/keyMessage/readKeyHeader.js";
import type { Context } from "../context.js";
import {
  readSession,
  requireUnchanged,
  type StoredSession,
  withParts,
} from "../sessions/sessions.js";
import { tellAttempt } from "./tellAttempt.js";

/** The encrypted key of one device, opened, with what was loaded for it. */
export interface OpenedKey {
  readonly kind: "opened";
  readonly opened: Opened;
  readonly identity: OmemoIdentity;
  readonly session: StoredSession | undefined;
  /** The record where the session lies, also when another backend wrote it. */
  readonly storedSession: StoredRecord | undefined;
  readonly device: DeviceRecord | undefined;
  readonly storedDevice: StoredRecord | undefined;
  readonly storedPreKey: StoredRecord | undefined;
  readonly exchange: string | undefined;
}

export type KeyResult =
  | OpenedKey
  | { readonly kind: "refused"; readonly reason: FailureReason | "duplicate" };

type Exchange = Extract<KeyHeader, { readonly kind: "key-exchange" }>;

interface Sender {
  readonly device: OmemoDevice;
  readonly version: OmemoVersion;
  readonly storedDevice: StoredRecord | undefined;
  readonly record: DeviceRecord | undefined;
}

/**
 * Tries every key element that is addressed to us and takes the first that opens: two accounts may
 * own the same device id [L-42, L-52]. What fails leaves no trace.
 */
export async function openKey(
  context: Context,
  device: OmemoDevice,
  version: OmemoVersion,
  keys: readonly { readonly bytes: Uint8Array; readonly isKeyExchange: boolean }[],
): Promise<KeyResult> {
  const [storedDevice] = await context.store.get([deviceKey(device)]);
  const record = storedDevice && deviceCodec.decode(storedDevice);
  const sender = { device, version, storedDevice, record };
  let refused: KeyResult = { kind: "refused", reason: "malformed" };
  for (const { bytes, isKeyExchange } of keys) {
    const since = context.clock.now();
    const header = readKeyHeader(version, bytes, isKeyExchange);
    const result = await openOne(context, sender, header, bytes);
    tellAttempt(context, { device, version, header, since }, result);
    if (result.kind === "opened" || result.reason === "duplicate") return result;
    if (refused.reason === "malformed") refused = result;
  }
  return refused;
}

function openOne(
  context: Context,
  sender: Sender,
  header: ReturnType<typeof readKeyHeader>,
  bytes: Uint8Array,
): Promise<KeyResult> {
  switch (header.kind) {
    case "malformed":
      return Promise.resolve({ kind: "refused", reason: "malformed" });
    case "key-exchange":
      return openExchange(context, sender, header, bytes);
    case "ratchet":
      return openRatchet(context, sender, bytes);
  }
}

/** A new session, or one more message of a session whose start the peer repeats [O2-121, L-55]. */
async function openExchange(
  context: Context,
  sender: Sender,
  header: Exchange,
  message: Uint8Array,
): Promise<KeyResult> {
  const { version, device } = sender;
  const key = context.backend.decodeIdentityKey(version, header.identityKey);
  if (key === undefined) return { kind: "refused", reason: "malformed" };
  const identity = { ...device, fingerprint: fingerprintOf(key) };
  const exchange = await exchangeDigest(context, header);
  const at = sessionKey(version, identity);
  const preKeyAt = header.preKeyId === undefined ? [] : [preKeyKey(version, header.preKeyId)];
  const [storedSession, used, storedSigned, unusedPreKey, usedPreKey] = await context.store.get([
    at,
    exchangeKey(version, exchange),
    signedPreKeyKey(version, header.signedPreKeyId),
    ...preKeyAt,
    ...preKeyAt.map(usedPreKeyKey),
  ]);
  const storedPreKey = unusedPreKey ?? (context.catchUpMode.isOpen() ? usedPreKey : undefined);
  const session = readSession(context, storedSession);
  const own = context.account();
  const opened = await withParts(context, version, identity, session, (existing) =>
    context.backend.accept({
      version,
      identity: own.identity,
      deviceId: own.deviceId,
      signedPreKey: storedSigned && decodeSignedPreKey(storedSigned).keyPair,
      preKey: storedPreKey && decodePreKey(storedPreKey).keyPair,
      existing,
      message,
    }),
  );
  if (opened.kind === "refused") {
    await requireUnchanged(context, [{ key: at, version: storedSession?.version }]);
    return refusedExchange(opened, used !== undefined);
  }
  // Its session is gone, and its prekey is not: the same key would open the same message again.
  if (opened.isNewSession && used !== undefined) return { kind: "refused", reason: "duplicate" };
  const { storedDevice, record } = sender;
  const loaded = { identity, session, storedSession, device: record, storedDevice };
  return { kind: "opened", opened, ...loaded, storedPreKey, exchange };
}

/** An exchange that was used up before is a repetition, not a broken session [O2-134]. */
function refusedExchange({ reason }: Refused, wasUsed: boolean): KeyResult {
  const isRepeated = wasUsed && (reason === "no-prekey" || reason === "no-signed-prekey");
  return { kind: "refused", reason: isRepeated ? "duplicate" : reason };
}

/** Tries the session of the device's key, then those of keys that it showed before. */
async function openRatchet(
  context: Context,
  sender: Sender,
  message: Uint8Array,
): Promise<KeyResult> {
  const { version, device, record, storedDevice } = sender;
  const identities = (record?.keys ?? []).map(({ fingerprint }) => ({ ...device, fingerprint }));
  const places = identities.map((identity): RecordKey => sessionKey(version, identity));
  const stored = await context.store.get(places);
  let refused: KeyResult = { kind: "refused", reason: "no-session" };
  for (const [index, identity] of identities.entries()) {
    const storedSession = stored[index];
    const session = readSession(context, storedSession);
    if (session === undefined) continue;
    const opened = await withParts(context, version, identity, session, (given) =>
      given === undefined
        ? Promise.resolve<Refused>({ kind: "refused", reason: "malformed" })
        : context.backend.decrypt(given, message),
    );
    if (opened.kind === "opened") {
      const loaded = { identity, session, storedSession, device: record, storedDevice };
      return { kind: "opened", opened, ...loaded, storedPreKey: undefined, exchange: undefined };
    }
    if (opened.reason === "duplicate") return { kind: "refused", reason: "duplicate" };
    if (refused.reason === "no-session") refused = { kind: "refused", reason: opened.reason };
  }
  await requireUnchanged(context, [
    { key: deviceKey(device), version: storedDevice?.version },
    ...places.map((key, index) => ({ key, version: stored[index]?.version })),
  ]);
  return refused;
}

/** Names a key exchange by the keys that make it: identity, base key and prekey [O2-134]. */
async function exchangeDigest(context: Context, header: Exchange): Promise<string> {
  const id = new Uint8Array(5);
  new DataView(id.buffer).setUint32(1, header.preKeyId ?? 0);
  id[0] = header.preKeyId === undefined ? 0 : 1;
  const name = concatBytes(header.identityKey, header.baseKey, id);
  return toHex(new Uint8Array(await context.crypto.subtle.digest("SHA-256", name)));
}
