import { OmemoError } from "../../domain/error.js";
import type { OmemoVersion } from "../../domain/version.js";
import { OMEMO_2 } from "../../domain/version.js";
import { type Bundle, readBundle, writeBundle } from "../../wire/bundle.js";
import { bundleNode } from "../../wire/namespaces.js";
import { serialize } from "../../wire/xml/serialize.js";
import { type Context, ownDevice } from "../context.js";
import { enlist } from "../devices/enlist.js";
import { within } from "../scheduling/within.js";
import { bundleOf, ensureKeys, type OwnKeys } from "./ownKeys.js";

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

function publish(context: Context, version: OmemoVersion, bundle: Bundle): Promise<void> {
  const { node, itemId } = bundleNode(version, context.account().deviceId);
  return context.publishing.run(() =>
    context.transport.publishItem(node, itemId, writeBundle(version, bundle), {
      access: "open",
      maxItems: version === OMEMO_2 ? "max" : 1,
    }),
  );
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
