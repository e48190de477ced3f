import type { OmemoVersion } from "../../domain/version.js";
import type { RecordKey, RecordPut, StoredRecord } from "../../ports/store.js";
import { takeIds } from "../../session/keyIds.js";
import { planRotation } from "../../session/planRotation.js";
import {
  decodePreKey,
  decodeSignedPreKey,
  encodePreKey,
  encodeSignedPreKey,
  keyIdsCodec,
  type PreKeyRecord,
  type SignedPreKeyRecord,
} from "../../session/records/preKeyRecord.js";
import {
  keyIdsKey,
  preKeyKey,
  preKeyPrefix,
  signedPreKeyKey,
  signedPreKeyPrefix,
} from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { Bundle } from "../../wire/bundle.js";
import type { Context } from "../context.js";

/** Our published keys of one version. */
export interface OwnKeys {
  readonly preKeys: readonly PreKeyRecord[];
  readonly signedPreKeys: readonly SignedPreKeyRecord[];
  /** When the signed prekey is due for replacement, ms since 1970. */
  readonly rotateAt: number;
}

/**
 * Fills up the prekeys, replaces an old signed prekey and forgets the ones before it. The store has
 * the private keys before anybody sees the public ones [O2-51, O2-127].
 */
export function ensureKeys(
  context: Context,
  version: OmemoVersion,
  forceRotation = false,
): Promise<OwnKeys> {
  return context.mailbox.run(() => retryOnConflict(() => refill(context, version, forceRotation)));
}

async function refill(
  context: Context,
  version: OmemoVersion,
  forceRotation: boolean,
): Promise<OwnKeys> {
  const { store, clock, limits, backend } = context;
  const [storedIds] = await store.get([keyIdsKey(version)]);
  const ids = storedIds
    ? keyIdsCodec.decode(storedIds)
    : { nextPreKeyId: 1, nextSignedPreKeyId: 1 };
  const preKeys = await readAll(context, preKeyPrefix(version), decodePreKey);
  const signed = await readAll(context, signedPreKeyPrefix(version), decodeSignedPreKey);
  const now = clock.now();
  const rotation = planRotation(signed, now, limits.signedPreKeyPeriod);
  const isDue = rotation.isDue || forceRotation;
  const missing = Math.max(0, limits.preKeyCount - preKeys.length);
  const kept = signed.filter((key) => !rotation.expired.includes(key));
  const settled = { preKeys, signedPreKeys: kept, rotateAt: rotation.nextAt };
  if (missing === 0 && !isDue && rotation.expired.length === 0) return settled;
  const pairs = await backend.generateKeyPairs(missing + (isDue ? 1 : 0));
  const newIds = takeIds(ids.nextPreKeyId, missing);
  const newSignedIds = takeIds(ids.nextSignedPreKeyId, isDue ? 1 : 0);
  const added = newIds.ids.flatMap((id, index): readonly PreKeyRecord[] => {
    const keyPair = pairs[index];
    return keyPair === undefined ? [] : [{ id, keyPair }];
  });
  const addedSigned = await signAll(context, version, newSignedIds.ids, pairs.slice(missing), now);
  const nextIds = { nextPreKeyId: newIds.next, nextSignedPreKeyId: newSignedIds.next };
  await store.commit({
    check: [{ key: keyIdsKey(version), version: storedIds?.version }],
    put: [
      { key: keyIdsKey(version), value: keyIdsCodec.encode(nextIds) },
      ...added.map((preKey): RecordPut => {
        return { key: preKeyKey(version, preKey.id), value: encodePreKey(preKey) };
      }),
      ...addedSigned.map((preKey): RecordPut => {
        return { key: signedPreKeyKey(version, preKey.id), value: encodeSignedPreKey(preKey) };
      }),
    ],
    delete: rotation.expired.map(({ id }) => signedPreKeyKey(version, id)),
  });
  context.generation.touched(); // the mirror names the ids that were given out
  return {
    preKeys: [...preKeys, ...added],
    signedPreKeys: [...kept, ...addedSigned],
    rotateAt: isDue ? now + limits.signedPreKeyPeriod : rotation.nextAt,
  };
}

async function signAll(
  context: Context,
  version: OmemoVersion,
  ids: readonly number[],
  pairs: readonly PreKeyRecord["keyPair"][],
  now: number,
): Promise<readonly SignedPreKeyRecord[]> {
  const { identity } = context.account();
  const signed: SignedPreKeyRecord[] = [];
  for (const [index, id] of ids.entries()) {
    const keyPair = pairs[index];
    if (keyPair === undefined) continue;
    const signature = await context.backend.signPreKey(version, identity, keyPair.publicKey);
    signed.push({ id, keyPair, signature, createdAt: now });
  }
  return signed;
}

/** What we publish. */
export function bundleOf(context: Context, version: OmemoVersion, keys: OwnKeys): Bundle {
  const newest = [...keys.signedPreKeys].sort((a, b) => b.id - a.id)[0];
  if (newest === undefined) throw new RangeError("no signed prekey");
  return {
    identityKey: context.backend.encodeIdentityKey(version, context.account().identity),
    signedPreKeyId: newest.id,
    signedPreKey: newest.keyPair.publicKey,
    signedPreKeySignature: newest.signature,
    preKeys: [...keys.preKeys]
      .sort((a, b) => a.id - b.id)
      .map(({ id, keyPair }) => ({ id, key: keyPair.publicKey })),
  };
}

async function readAll<Value>(
  context: Context,
  prefix: RecordKey,
  decode: (record: StoredRecord) => Value,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  for await (const record of context.store.list(prefix)) values.push(decode(record));
  return values;
}
