import type { OmemoDevice } from "../domain/device.js";
import { OmemoError } from "../domain/error.js";
import type { OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { buildStanzas } from "../session/buildStanzas.js";
import { currentIdentity, deviceCodec, keyStatus } from "../session/records/deviceRecord.js";
import { deviceKey } from "../session/records/recordKeys.js";
import { emptyKeyMaterial } from "../wire/payload.js";
import type { BundleSource } from "./bundles.js";
import { type Context, ownDevice } from "./context.js";
import { reach, type Target } from "./gather.js";
import { underLease } from "./generation/underLease.js";
import { retryOnConflict } from "./mailbox.js";
import type { Outbox } from "./outbox.js";
import { randomId } from "./random.js";
import { seal } from "./seal.js";

/** Why a message without content is sent; each has its own conditions. */
export type EmptyPurpose = "answer" | "heartbeat" | "start-session" | "replace-session" | "update";

export interface EmptyRequest {
  readonly device: OmemoDevice;
  /** Best first. */
  readonly versions: readonly OmemoVersion[];
  readonly purpose: EmptyPurpose;
}

/**
 * Sends an empty OMEMO message or key transport to one device [O2-137, O2-138, L-51]. It carries
 * nothing, so it needs no trust [O2-108]; but nothing is sent to a key that is distrusted, nor, on
 * our own account, to a key that changed and nobody decided about [O2-109, O2-110].
 * @returns whether a message left.
 */
export async function sendEmpty(
  context: Context,
  bundles: BundleSource,
  outbox: Outbox,
  request: EmptyRequest,
): Promise<boolean> {
  const target = await findTarget(context, bundles, request);
  if (target === undefined || !(await isAllowed(context, target, request.purpose))) return false;
  const { version } = target;
  const { keyMaterial, iv } = emptyKeyMaterial(version, context.crypto);
  const sending = await underLease(context, async () => {
    const { keys } = await retryOnConflict(() => {
      return seal(context, bundles, [target], () => keyMaterial);
    });
    const [key] = keys;
    if (key === undefined) return undefined;
    const { jid, deviceId } = request.device;
    const stanzas: readonly XmlElement[] = buildStanzas({
      to: jid,
      type: "chat",
      own: ownDevice(context),
      id: randomId(context.crypto),
      parts: [
        {
          version,
          keys: [{ jid, deviceId, bytes: key.message, isKeyExchange: key.isKeyExchange }],
          payload: undefined,
          iv,
        },
      ],
      layout: "separate",
      fallbackBody: false,
    });
    return { left: outbox.send(stanzas) };
  });
  if (sending === undefined) return false;
  await sending.left;
  return true;
}

async function findTarget(
  context: Context,
  bundles: BundleSource,
  { device, versions, purpose }: EmptyRequest,
): Promise<Target | undefined> {
  if (purpose === "replace-session") return replacement(context, bundles, device, versions);
  const [found] = await reach(context, bundles, [{ device, versions }]);
  if (found === undefined || "reason" in found) return undefined;
  // An answer belongs to the session that asked for it, and is pointless without.
  const needsSession = purpose === "answer" || purpose === "heartbeat";
  return needsSession && found.bundle !== undefined ? undefined : found;
}

/** @throws OmemoError `no-recipient-devices` when the device has no usable bundle. */
async function replacement(
  context: Context,
  bundles: BundleSource,
  device: OmemoDevice,
  versions: readonly OmemoVersion[],
): Promise<Target> {
  const [found] = await reach(context, bundles, [{ device, versions }], { isReplacement: true });
  if (found === undefined || "reason" in found) {
    throw new OmemoError("no-recipient-devices", "the device has no usable bundle", {
      devices: [device],
    });
  }
  return { ...found, isReplacement: true };
}

async function isAllowed(
  context: Context,
  { identity }: Target,
  purpose: EmptyPurpose,
): Promise<boolean> {
  const [stored] = await context.store.get([deviceKey(identity)]);
  const record = stored && deviceCodec.decode(stored);
  const [trust] = await context.trust.getTrust([identity]);
  if (trust === "untrusted") return false;
  const isAutomatic = purpose !== "replace-session" && purpose !== "update";
  const isChanged =
    keyStatus(record, identity.fingerprint) === "changed" ||
    ((record?.keys.length ?? 0) > 1 &&
      currentIdentity(identity, record)?.fingerprint === identity.fingerprint);
  return !(isAutomatic && isChanged && trust !== "trusted");
}
