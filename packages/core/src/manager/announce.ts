import { OmemoError } from "../domain/error.js";
import type { OmemoVersion } from "../domain/version.js";
import { OMEMO_2 } from "../domain/version.js";
import { toBase64 } from "../wire/base64.js";
import { type Bundle, readBundle, writeBundle } from "../wire/bundle.js";
import {
  type DeviceListEntry,
  withDevice,
  withoutDevice,
  writeDeviceList,
} from "../wire/deviceList.js";
import { checkLabel } from "../wire/label.js";
import { bundleNode, DEVICE_LIST_ITEM, deviceListNode } from "../wire/namespaces.js";
import { serialize } from "../wire/xml/serialize.js";
import { type Context, ownDevice } from "./context.js";
import { fetchList, rememberList } from "./deviceLists.js";
import { bundleOf, ensureKeys, type OwnKeys } from "./ownKeys.js";
import { within } from "./within.js";

/**
 * Makes us reachable in one version: the bundle first, and only then the entry in the device list
 * [O2-19, L-10]. Publishes nothing that is there already [O2-20, L-33].
 */
export async function announce(
  context: Context,
  version: OmemoVersion,
  signal?: AbortSignal,
): Promise<OwnKeys> {
  const keys = await ensureKeys(context, version);
  const bundle = bundleOf(context, version, keys);
  const published = await publishedBundle(context, version, signal);
  if (published === undefined || !isSameBundle(version, published, bundle)) {
    await publish(context, version, bundle);
  }
  await enlist(context, version, signal);
  return keys;
}

/** Fills up and publishes our bundle [O2-125, L-54]. */
export async function publishBundle(context: Context, version: OmemoVersion): Promise<OwnKeys> {
  const keys = await ensureKeys(context, version);
  await publish(context, version, bundleOf(context, version, keys));
  return keys;
}

/** Adds our entry to the newest list and keeps every other as it is [O2-17, L-04]. */
async function enlist(
  context: Context,
  version: OmemoVersion,
  signal?: AbortSignal,
): Promise<void> {
  const own = ownDevice(context);
  const list = await fetchList(context, own.jid, version, signal);
  // Now, not after publishing: a push that arrives in between is newer than this.
  await rememberList(context, own.jid, version, list);
  const after = withDevice(list, await ownEntry(context, version));
  if (serialize(writeDeviceList(version, after)) !== serialize(writeDeviceList(version, list))) {
    await publishList(context, version, after);
  }
}

/** Takes us off the list, then withdraws the bundle: the reverse of announcing [O2-170, O2-171]. */
export async function withdraw(context: Context, version: OmemoVersion): Promise<void> {
  const own = ownDevice(context);
  const list = await fetchList(context, own.jid, version);
  const after = withoutDevice(list, own.deviceId);
  await publishList(context, version, after);
  await rememberList(context, own.jid, version, after);
  const { node, itemId } = bundleNode(version, own.deviceId);
  if (version === OMEMO_2) await context.transport.retractItem(node, itemId);
  else await context.transport.deleteNode(node);
}

/** Publishes a list with ourselves only; other devices come back when they notice. */
export async function publishOnlyUs(context: Context, version: OmemoVersion): Promise<void> {
  const own = ownDevice(context);
  const list = await fetchList(context, own.jid, version);
  const alone = { ...list, devices: [await ownEntry(context, version)] };
  await publishList(context, version, alone);
  await rememberList(context, own.jid, version, alone);
}

async function ownEntry(context: Context, version: OmemoVersion): Promise<DeviceListEntry> {
  const { deviceId, identity } = context.account();
  const { label } = context.options;
  if (label === undefined || version !== OMEMO_2) return { deviceId };
  const checked = checkLabel(label);
  const signature = await context.backend.signLabel(identity, checked);
  return { deviceId, label: checked, labelSignature: toBase64(signature) };
}

/** A bundle that cannot be read is as good as none; a failed fetch is an error. */
async function publishedBundle(
  context: Context,
  version: OmemoVersion,
  signal: AbortSignal | undefined,
): Promise<Bundle | undefined> {
  const own = ownDevice(context);
  const { node, itemId } = bundleNode(version, own.deviceId);
  const payload = await within(context, signal, (until) =>
    context.transport.fetchItem(own.jid, node, itemId, until),
  );
  const bundle = payload && readBundle(version, payload);
  return bundle === undefined || "kind" in bundle ? undefined : bundle;
}

async function publish(context: Context, version: OmemoVersion, bundle: Bundle): Promise<void> {
  const { node, itemId } = bundleNode(version, context.account().deviceId);
  await context.transport.publishItem(node, itemId, writeBundle(version, bundle), {
    access: "open",
    maxItems: version === OMEMO_2 ? "max" : 1,
  });
}

async function publishList(
  context: Context,
  version: OmemoVersion,
  list: Parameters<typeof writeDeviceList>[1],
): Promise<void> {
  const payload = writeDeviceList(version, list);
  await context.transport.publishItem(deviceListNode(version), DEVICE_LIST_ITEM, payload, {
    access: "open",
    maxItems: 1,
  });
}

function isSameBundle(version: OmemoVersion, published: Bundle, ours: Bundle): boolean {
  const sorted = [...published.preKeys].sort((a, b) => a.id - b.id);
  try {
    const canonical = serialize(writeBundle(version, { ...published, preKeys: sorted }));
    return canonical === serialize(writeBundle(version, ours));
  } catch (error) {
    // What we would never publish ourselves is certainly not the same.
    if (error instanceof OmemoError && error.code === "invalid-input") return false;
    throw error;
  }
}
