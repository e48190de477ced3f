import type { SkipReason } from "../../domain/delivery.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { buildStanzas } from "../../session/buildStanzas.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { emptyKeyMaterial } from "../../wire/payload.js";
import { type Context, ownDevice } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { randomId } from "../random.js";
import type { Target } from "./gather.js";
import { seal } from "./seal.js";

/** Inside the mailbox: a message without content for one device, or why there is none [O2-137, O2-138, L-51]. */
export async function sealEmpty(
  context: Context,
  bundles: BundleSource,
  target: Target,
): Promise<readonly XmlElement[] | SkipReason> {
  const { version, identity } = target;
  const { keyMaterial, iv } = emptyKeyMaterial(version, context.crypto);
  const { keys, skipped } = await retryOnConflict(() => {
    return seal(context, bundles, [target], () => keyMaterial);
  });
  const [key] = keys;
  if (key === undefined) return skipped[0]?.reason ?? "fetch-failed";
  const { jid, deviceId } = identity;
  const sealed = { jid, deviceId, bytes: key.message, isKeyExchange: key.isKeyExchange };
  return buildStanzas({
    to: jid,
    type: "chat",
    own: ownDevice(context),
    id: randomId(context.crypto),
    parts: [{ version, keys: [sealed], payload: undefined, iv }],
    layout: "separate",
    fallbackBody: false,
    maxBytes: context.limits.maxStanzaBytes,
  });
}
