import type { SkippedDevice } from "../../domain/delivery.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { Sent } from "../../domain/sent.js";
import type { OmemoVersion } from "../../domain/version.js";
import { buildStanzas } from "../../session/buildStanzas.js";
import { type Audience, findListError, findRecipientError } from "../../session/plan/audience.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type Context, ownDevice } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { underLease } from "../generation/underLease.js";
import { answerFirst } from "../history/answerFirst.js";
import { refuseOptedOut } from "../optOut/refuseOptedOut.js";
import { plannedDevice } from "../plan/plannedDevice.js";
import { randomId } from "../random.js";
import { breathe } from "../scheduling/breathe.js";
import { archivedOfSent } from "../toArchive.js";
import type { SealedContent } from "./content.js";
import type { Target } from "./gather.js";
import { audienceOf, type EncryptRequest, prepare, undecidedPolicy } from "./prepare.js";
import { type SealedKey, type SealResult, seal } from "./seal.js";
import { allowed, decide } from "./trusted.js";

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
  const audience = audienceOf(context, request);
  await refuseOptedOut(context, request);
  const { targets, contents, unlisted, ...prepared } = await prepare(context, bundles, request);
  const listError = findListError(audience, unlisted);
  if (listError !== undefined) throw listError;
  const decided = await decide(context, targets, undecidedPolicy(context, request), request.to);
  if (request.signal?.aborted) throw new OmemoError("aborted", "the message was not sent");
  const known = [...prepared.skipped, ...decided.skipped];
  requireRecipients(audience, decided.targets, known);
  const work = async (): Promise<Result> => {
    const answers = await answerFirst(context, bundles, decided.targets);
    const { keys, skipped } = await retryOnConflict(async (): Promise<SealResult> => {
      await refuseOptedOut(context, request);
      const present = stillThere(request, audience.own, decided.targets);
      const still = await allowed(context, present, request.to);
      requireRecipients(audience, still.targets, [...known, ...still.skipped]);
      const result = await seal(
        context,
        bundles,
        still.targets,
        (version) => contentOf(contents, version).keyMaterial,
        (keys) => (isSaid(audience, keys) ? archivedOfSent(context, request, keys) : []),
      );
      return { keys: result.keys, skipped: [...still.skipped, ...result.skipped] };
    });
    const reached = keys.map(({ target }) => target);
    requireRecipients(audience, reached, [...known, ...skipped]);
    await breathe(context, keys.length);
    const sent = toSent(context, request, contents, { keys, skipped: [...known, ...skipped] });
    const stanzas = [...answers, ...sent.stanzas];
    return leave({ ...sent, stanzas }, new Set(unlisted.keys()));
  };
  return underLease(context, work, request.signal);
}

function requireRecipients(
  audience: Audience,
  targets: readonly Target[],
  skipped: readonly SkippedDevice[],
): void {
  const reached = new Set(targets.map(({ identity }) => identity.jid));
  const error = findRecipientError(audience, reached, skipped);
  if (error !== undefined) throw error;
}

/** A message that fails although keys were spent on it was never said. */
function isSaid(audience: Audience, keys: readonly SealedKey[]): boolean {
  const reached = new Set(keys.map(({ target }) => target.identity.jid));
  return findRecipientError(audience, reached, []) === undefined;
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

function toSent(
  context: Context,
  request: EncryptRequest,
  contents: readonly SealedContent[],
  result: SealResult,
): Sent {
  const { message } = request;
  const id = message?.id ?? randomId(context.crypto);
  const parts = contents.flatMap(({ version, payload, iv, beside }) => {
    const keys = result.keys
      .filter(({ target }) => target.version === version)
      .map(({ target: { identity }, message, isKeyExchange }) => {
        return { jid: identity.jid, deviceId: identity.deviceId, bytes: message, isKeyExchange };
      });
    return keys.length === 0 ? [] : [{ version, keys, payload, iv, beside }];
  });
  const { layout, fallbackBody } = context.options;
  const own = ownDevice(context);
  const intendedDevices = result.keys.map(({ target, isNewSession, isKeyExchange }) => {
    return { ...plannedDevice(target, isNewSession), isKeyExchange };
  });
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
      outside: message?.outside,
      isStored: message?.isStored,
      maxBytes: context.limits.maxStanzaBytes,
    }),
    devices: [...intendedDevices, ...result.skipped],
    intendedDevices,
    skippedDevices: result.skipped,
    lostInLegacy: parts.flatMap(({ version }) => contentOf(contents, version).lost ?? []),
  };
}

function contentOf(contents: readonly SealedContent[], version: OmemoVersion): SealedContent {
  const content = contents.find((each) => each.version === version);
  if (content === undefined) throw new OmemoError("invalid-input", "nothing to send");
  return content;
}
