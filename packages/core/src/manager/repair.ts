import type { OmemoDevice } from "../domain/device.js";
import { LEGACY, type OmemoVersion } from "../domain/version.js";
import type { FailureReason, ReceivedStanza } from "../session/received.js";
import { automaticCodec, oneMore } from "../session/records/boundedRecord.js";
import { currentIdentity, deviceCodec } from "../session/records/deviceRecord.js";
import { automaticKey, deviceKey, recoveriesKey } from "../session/records/recordKeys.js";
import { type Effect, todoCodec, todoKey } from "../session/records/todoRecord.js";
import type { Context } from "./context.js";

/**
 * Without a session with the sender one is started and announced by an empty message [O2-129,
 * L-76]; the legacy version wants the same for an exchange with an unknown prekey [L-68], and so do
 * we when it was us who lost the prekeys, with an older state [O2-148]. Any other failed decryption starts nothing [O2-130]. Neither do messages from the archive, peers that must
 * not hear from us, and more than one failure a device and period [O2-131, L-77].
 */
export async function planRepair(
  context: Context,
  about: ReceivedStanza,
  device: OmemoDevice,
  version: OmemoVersion,
  reason: FailureReason,
): Promise<readonly Effect[]> {
  const isLost =
    reason === "no-session" ||
    (version === LEGACY && reason === "no-prekey") ||
    (await wasOurLoss(context, reason));
  // A guess at who said something in a room is no reason to write to him.
  const isGuess = about.room?.established === "device";
  if (!isLost || isGuess || about.origin === "archive" || !context.options.mayAnswer(about.from))
    return [];
  const key = automaticKey("repair", device);
  const [stored, storedDevice] = await context.store.get([key, deviceKey(device)]);
  const known = currentIdentity(device, storedDevice && deviceCodec.decode(storedDevice));
  if (known !== undefined) {
    const [trust] = await context.trust.getTrust([known]);
    if (trust === "untrusted") return [];
  }
  const now = context.clock.now();
  const before = stored && automaticCodec.decode(stored);
  const bounded = oneMore(before, now, context.limits.repairPeriod, 1);
  if (bounded === undefined) return [];
  const effects: readonly Effect[] = [
    { kind: "refresh-device-list", owner: device.jid },
    { kind: "start-session", version, to: device },
  ];
  await context.store.commit({
    check: [{ key, version: stored?.version }],
    put: [
      { key, value: automaticCodec.encode(bounded) },
      ...effects.map((effect) => ({ key: todoKey(effect), value: todoCodec.encode(effect) })),
    ],
    delete: [],
  });
  return effects;
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
