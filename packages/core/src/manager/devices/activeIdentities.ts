import type { OmemoIdentity } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import { chooseCandidates } from "../../session/candidates.js";
import { deviceCodec, withKey } from "../../session/records/deviceRecord.js";
import { deviceKey } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type Context, ownDevice } from "../context.js";
import { reach } from "../sending/gather.js";
import type { BundleSource } from "./bundles.js";
import { currentLists } from "./deviceLists.js";
import { identityRecord, tellIdentity } from "./identities.js";

/** The keys of an account's active devices, our own excepted; each is remembered as seen. */
export async function activeIdentities(
  context: Context,
  bundles: BundleSource,
  jid: BareJid,
  signal?: AbortSignal,
): Promise<readonly OmemoIdentity[]> {
  const lists = await currentLists(context, [jid], signal);
  const own = ownDevice(context);
  const candidates = chooseCandidates(lists, own, context.limits.maxDevicesPerAccount);
  const found = await reach(context, bundles, candidates, { signal });
  const identities = found.flatMap((each) => ("reason" in each ? [] : [each.identity]));
  for (const identity of identities) await remember(context, identity);
  return identities;
}

async function remember(context: Context, identity: OmemoIdentity): Promise<void> {
  const key = deviceKey(identity);
  await retryOnConflict(async () => {
    const [stored] = await context.store.get([key]);
    const before = stored && deviceCodec.decode(stored);
    const after = withKey(before, identity.fingerprint, context.clock.now());
    if (after === before) return;
    await context.store.commit({
      check: [{ key, version: stored?.version }],
      put: [
        { key, value: deviceCodec.encode(after) },
        ...identityRecord(context, identity, before),
      ],
      delete: [],
    });
    tellIdentity(context, identity, before);
  });
}
