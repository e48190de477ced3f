import type { DeviceId, OmemoDevice, OmemoIdentity } from "../../domain/device.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { FailureReason, ReceivedStanza, ReceiveFailure } from "../../session/received.js";
import { automaticCodec, oneMore } from "../../session/records/boundedRecord.js";
import { currentIdentity, deviceCodec } from "../../session/records/deviceRecord.js";
import {
  automaticKey,
  deviceKey,
  recoveriesKey,
  strangersKey,
} from "../../session/records/recordKeys.js";
import { type Effect, todoCodec, todoKey } from "../../session/records/todoRecord.js";
import { remedyFor } from "../../session/repair/remedyFor.js";
import { oneMoreRepair, repairCodec } from "../../session/repair/repairRecord.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { Context } from "../context.js";
import { loadLists } from "../devices/deviceLists.js";

/**
 * The session that a failure asks for, announced by an empty message, as the rules of `remedyFor`
 * say. Nothing for messages from the archive, for peers that must not hear from us, for distrusted
 * keys, and beyond the bound of a device and period [O2-131, L-77].
 */
export async function planRepair(
  context: Context,
  about: ReceivedStanza,
  device: OmemoDevice,
  version: OmemoVersion,
  reason: FailureReason,
): Promise<readonly Effect[]> {
  const isOurLoss = await wasOurLoss(context, reason);
  const isLegacyRepaired = context.options.repairLegacySessions;
  const remedy = remedyFor(version, reason, { isLegacyRepaired, isOurLoss });
  // A guess at who said something in a room is no reason to write to him.
  const isGuess = about.room?.established === "device";
  const mayWrite = !isGuess && about.origin !== "archive" && context.options.mayAnswer(about.from);
  if (remedy === undefined || !mayWrite) return [];
  const known = await identityOf(context, device);
  if (known !== undefined && (await isDistrusted(context, known))) return [];
  const key = automaticKey("repair", await countedAs(context, device, version));
  const [stored, storedStrangers] = await context.store.get([key, strangersKey]);
  const { repairPeriod, maxRepairsPerPeriod, maxStrangersRepaired } = context.limits;
  const before = stored && repairCodec.decode(stored);
  const now = context.clock.now();
  const bounded = oneMoreRepair(before, now, repairPeriod, maxRepairsPerPeriod);
  // Whoever has many accounts would make us remember each, and ask for its devices.
  const strangers = storedStrangers && automaticCodec.decode(storedStrangers);
  const counted = oneMore(strangers, now, repairPeriod, maxStrangersRepaired);
  if (bounded === undefined || (known === undefined && counted === undefined)) return [];
  const isCounted = known === undefined && counted !== undefined;
  const isReplacement = remedy === "replace";
  const effects: readonly Effect[] = [
    { kind: "refresh-device-list", owner: device.jid },
    { kind: "start-session", version, to: device, ...(isReplacement && { isReplacement }) },
  ];
  await context.store.commit({
    check: [
      { key, version: stored?.version },
      ...(isCounted ? [{ key: strangersKey, version: storedStrangers?.version }] : []),
    ],
    put: [
      { key, value: repairCodec.encode(bounded) },
      ...(isCounted ? [{ key: strangersKey, value: automaticCodec.encode(counted) }] : []),
      ...effects.map((effect) => ({ key: todoKey(effect), value: todoCodec.encode(effect) })),
    ],
    delete: [],
  });
  return effects;
}

/** Stands for all devices that an account does not list: their ids are whatever a sender says. */
const UNLISTED = 0 as DeviceId;

/** Whose repairs are counted [O2-131]. */
async function countedAs(
  context: Context,
  device: OmemoDevice,
  version: OmemoVersion,
): Promise<OmemoDevice> {
  const [account] = await loadLists(context, [device.jid]);
  const list = account?.lists.find((each) => each.version === version);
  const isListed = list?.record?.devices.some(({ deviceId }) => deviceId === device.deviceId);
  return isListed === true ? device : { jid: device.jid, deviceId: UNLISTED };
}

/**
 * A message of the legacy version that has no key for us, from a device that we know: it may have
 * no session with us [L-75]. Not from one that speaks OMEMO 2 as well: there the other half was for
 * us.
 */
export async function repairMissed(context: Context, failure: ReceiveFailure): Promise<void> {
  const { device, version, reason } = failure;
  if (version !== LEGACY || device === undefined) return;
  const effects = await context.mailbox.run(() =>
    retryOnConflict(async () => {
      const isKnown = (await identityOf(context, device)) !== undefined;
      if (!isKnown || (await speaksBetter(context, device))) return [];
      return planRepair(context, failure, device, version, reason);
    }),
  );
  context.enqueue(effects);
}

async function speaksBetter(context: Context, { jid, deviceId }: OmemoDevice): Promise<boolean> {
  const [account] = await loadLists(context, [jid]);
  const list = account?.lists.find(({ version }) => version === OMEMO_2);
  return list?.record?.devices.some((listed) => listed.deviceId === deviceId) ?? false;
}

async function identityOf(context: Context, device: OmemoDevice) {
  const [stored] = await context.store.get([deviceKey(device)]);
  return currentIdentity(device, stored && deviceCodec.decode(stored));
}

async function isDistrusted(context: Context, known: OmemoIdentity): Promise<boolean> {
  const [trust] = await context.trust.getTrust([known]);
  return trust === "untrusted";
}

/** The bundle of the state that was lost may be in use until its signed prekey would have expired. */
async function wasOurLoss(
  { store, clock, limits }: Context,
  reason: FailureReason,
): Promise<boolean> {
  if (reason !== "no-prekey" && reason !== "no-signed-prekey") return false;
  const [stored] = await store.get([recoveriesKey]);
  if (stored === undefined) return false;
  return clock.now() - automaticCodec.decode(stored).since < 2 * limits.signedPreKeyPeriod;
}
