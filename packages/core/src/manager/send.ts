import { OmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { Sent, SkippedDevice } from "../domain/sent.js";
import type { OmemoVersion } from "../domain/version.js";
import { buildStanzas } from "../session/buildStanzas.js";
import type { BundleSource } from "./bundles.js";
import type { SealedContent } from "./content.js";
import { type Context, ownDevice } from "./context.js";
import { gather, type Target } from "./gather.js";
import { retryOnConflict } from "./mailbox.js";
import { randomId } from "./random.js";
import { type SealResult, seal } from "./seal.js";
import { allowed, decide } from "./trusted.js";

/** What is to be encrypted, and for whom. */
export interface EncryptRequest {
  /** Addressee of the stanzas. */
  readonly to: BareJid;
  /** Accounts that shall read it; our own other devices always do [O2-21]. */
  readonly recipients: readonly BareJid[];
  /** Those that may be used, best first. */
  readonly versions: readonly OmemoVersion[];
  /** The content as this version carries it; `undefined` when it cannot. */
  seal(version: OmemoVersion): Promise<SealedContent | undefined>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Gather (network) → seal and commit (mailbox) → the stanzas, ready to leave. `leave` is called
 * inside the mailbox, right after the commit, so that stanzas leave in the order of their ratchets.
 */
export async function encrypt<Result>(
  context: Context,
  bundles: BundleSource,
  request: EncryptRequest,
  leave: (sent: Sent) => Result,
): Promise<Result> {
  const own = ownDevice(context);
  const accounts = [...new Set([...request.recipients, own.jid])];
  const gathered = await gather(context, bundles, accounts, request.versions, request.signal);
  const contents = await sealContents(request, gathered.targets);
  const { targets, mute } = byContent(gathered.targets, contents);
  const decided = await decide(context, targets);
  if (request.signal?.aborted) throw new OmemoError("aborted", "the message was not sent");
  const known = [...gathered.skipped, ...mute, ...decided.skipped];
  requireRecipients(request, own.jid, decided.targets, known);
  return context.mailbox.run(async () => {
    const { keys, skipped } = await retryOnConflict(async (): Promise<SealResult> => {
      const still = await allowed(context, decided.targets);
      requireRecipients(request, own.jid, still.targets, [...known, ...still.skipped]);
      const result = await seal(context, bundles, still.targets, (version) => {
        return contentOf(contents, version).keyMaterial;
      });
      return { keys: result.keys, skipped: [...still.skipped, ...result.skipped] };
    });
    const reached = keys.map(({ target }) => target);
    requireRecipients(request, own.jid, reached, [...known, ...skipped]);
    return leave(toSent(context, request, contents, { keys, skipped: [...known, ...skipped] }));
  });
}

async function sealContents(
  request: EncryptRequest,
  targets: readonly Target[],
): Promise<readonly SealedContent[]> {
  const used = request.versions.filter((version) => {
    return targets.some((target) => target.version === version);
  });
  const sealed = await Promise.all(used.map((version) => request.seal(version)));
  return sealed.filter((content) => content !== undefined);
}

/** Leaves out devices whose version cannot carry the content [O2-180]. */
function byContent(
  targets: readonly Target[],
  contents: readonly SealedContent[],
): { readonly targets: readonly Target[]; readonly mute: readonly SkippedDevice[] } {
  const carries = (target: Target): boolean =>
    contents.some((content) => content.version === target.version);
  const mute = targets
    .filter((target) => !carries(target))
    .map(({ identity }): SkippedDevice => {
      const device = { jid: identity.jid, deviceId: identity.deviceId };
      return { device, identity, reason: "legacy-needs-body" };
    });
  return { targets: targets.filter(carries), mute };
}

/**
 * A message that reaches no device of a recipient is a failure, never a success (invariant 8).
 * A note to ourselves needs another device of ours.
 */
function requireRecipients(
  request: EncryptRequest,
  own: BareJid,
  targets: readonly Target[],
  skipped: readonly SkippedDevice[],
): void {
  const unreached = request.recipients.filter((jid) => {
    return !targets.some(({ identity }) => identity.jid === jid);
  });
  const isOptional = (jid: BareJid): boolean => jid === own && request.recipients.length > 1;
  const missing = unreached.filter((jid) => !isOptional(jid));
  if (missing.length === 0) return;
  const devices = skipped.map(({ device }) => device).filter(({ jid }) => missing.includes(jid));
  const reasons = [...new Set(skipped.map(({ reason }) => reason))].join(", ");
  throw new OmemoError(
    "no-recipient-devices",
    devices.length === 0
      ? "the recipient has no OMEMO device"
      : `no device of the recipient can read the message: ${reasons}`,
    { devices },
  );
}

function toSent(
  context: Context,
  request: EncryptRequest,
  contents: readonly SealedContent[],
  result: SealResult,
): Sent {
  const id = randomId(context.crypto);
  const parts = contents.flatMap(({ version, payload, iv }) => {
    const keys = result.keys
      .filter(({ target }) => target.version === version)
      .map(({ target: { identity }, message, isKeyExchange }) => {
        return { jid: identity.jid, deviceId: identity.deviceId, bytes: message, isKeyExchange };
      });
    return keys.length === 0 ? [] : [{ version, keys, payload, iv }];
  });
  const { layout, fallbackBody } = context.options;
  const own = ownDevice(context);
  return {
    id,
    stanzas: buildStanzas({ to: request.to, own, id, parts, layout, fallbackBody }),
    intendedDevices: result.keys.map(({ target: { identity, version }, isKeyExchange }) => {
      const { jid, deviceId, fingerprint } = identity;
      return { device: { jid, deviceId }, fingerprint, version, isKeyExchange };
    }),
    skippedDevices: result.skipped,
  };
}

function contentOf(contents: readonly SealedContent[], version: OmemoVersion): SealedContent {
  const content = contents.find((each) => each.version === version);
  if (content === undefined) throw new OmemoError("invalid-input", "nothing to send");
  return content;
}
