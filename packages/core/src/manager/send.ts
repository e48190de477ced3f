import { OmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { Sent, SkippedDevice } from "../domain/sent.js";
import type { OmemoVersion } from "../domain/version.js";
import { buildStanzas } from "../session/buildStanzas.js";
import type { BundleSource } from "./bundles.js";
import type { SealedContent } from "./content.js";
import { type Context, ownDevice } from "./context.js";
import { gather, type Target } from "./gather.js";
import { underLease } from "./generation/underLease.js";
import { retryOnConflict } from "./mailbox.js";
import type { UndecidedPolicy } from "./options.js";
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
  /** For a message to a room; else it is said in a conversation, and has to reach everybody. */
  readonly room?: RoomRequest;
}

/** What is different about a message to a room. */
export interface RoomRequest {
  /** Whether a single member without readable device stops the message. */
  readonly mustReachAll: boolean;
  readonly undecided: UndecidedPolicy;
  /** Asked again inside the mailbox: somebody may have been put out, or may see us from now on. */
  recipients(): readonly BareJid[];
}

/** From so many devices on a message is put together in slices. */
const MANY_DEVICES = 100;

/**
 * Gather (network) → seal and commit (mailbox) → the stanzas, ready to leave. `leave` is called
 * inside the mailbox, right after the commit, so that stanzas leave in the order of their ratchets.
 */
export async function encrypt<Result>(
  context: Context,
  bundles: BundleSource,
  request: EncryptRequest,
  leave: (sent: Sent, unlisted: ReadonlySet<BareJid>) => Result,
): Promise<Result> {
  const own = ownDevice(context);
  const accounts = [...new Set([...request.recipients, own.jid])];
  const gathered = await gather(context, bundles, accounts, request.versions, request.signal);
  const { unlisted } = gathered;
  requireLists(request, unlisted);
  const contents = await sealContents(request, gathered.targets);
  const { targets, mute } = byContent(gathered.targets, contents);
  const undecided = request.room?.undecided ?? context.options.undecided;
  const decided = await decide(context, targets, undecided);
  if (request.signal?.aborted) throw new OmemoError("aborted", "the message was not sent");
  const known = [...gathered.skipped, ...mute, ...decided.skipped];
  requireRecipients(request, own.jid, decided.targets, known);
  const work = async (): Promise<Result> => {
    const { keys, skipped } = await retryOnConflict(async (): Promise<SealResult> => {
      const present = stillThere(request, own.jid, decided.targets);
      const still = await allowed(context, present);
      requireRecipients(request, own.jid, still.targets, [...known, ...still.skipped]);
      const result = await seal(context, bundles, still.targets, (version) => {
        return contentOf(contents, version).keyMaterial;
      });
      return { keys: result.keys, skipped: [...still.skipped, ...result.skipped] };
    });
    const reached = keys.map(({ target }) => target);
    requireRecipients(request, own.jid, reached, [...known, ...skipped]);
    // Committed: whoever shares our thread may draw a frame before so many keys become a stanza.
    if (keys.length > MANY_DEVICES) await context.clock.sleep(0);
    const sent = toSent(context, request, contents, { keys, skipped: [...known, ...skipped] });
    return leave(sent, new Set(unlisted.keys()));
  };
  return underLease(context, work, request.signal);
}

/** One member whose devices nobody can tell keeps nobody else from reading, unless so wished. */
function requireLists(
  { room, recipients }: EncryptRequest,
  unlisted: ReadonlyMap<BareJid, unknown>,
): void {
  const isRequired = (jid: BareJid): boolean =>
    room === undefined || room.mustReachAll || !recipients.includes(jid);
  for (const [jid, error] of unlisted) if (isRequired(jid)) throw error;
}

/** Whoever left the room meanwhile must not read what is said from now on [O2-152]. */
function stillThere(
  { room }: EncryptRequest,
  own: BareJid,
  targets: readonly Target[],
): readonly Target[] {
  if (room === undefined) return targets;
  const present = new Set([own, ...room.recipients()]);
  return targets.filter(({ identity }) => present.has(identity.jid));
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
  const { recipients, room } = request;
  const reached = new Set(targets.map(({ identity }) => identity.jid));
  const isOptional = (jid: BareJid): boolean => jid === own && recipients.length > 1;
  const missing = recipients.filter((jid) => !reached.has(jid) && !isOptional(jid));
  const isEnough = room !== undefined && !room.mustReachAll && missing.length < recipients.length;
  if (isEnough || (missing.length === 0 && recipients.length > 0)) return;
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
    stanzas: buildStanzas({
      to: request.to,
      type: request.room === undefined ? "chat" : "groupchat",
      own,
      id,
      parts,
      layout,
      fallbackBody,
    }),
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
