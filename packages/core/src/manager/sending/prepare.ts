import type { SkippedDevice } from "../../domain/delivery.js";
import type { OmemoIdentity } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { ComposedMessage } from "../../session/content/composeMessage.js";
import { legacyContent } from "../../session/content/legacyContent.js";
import type { Audience } from "../../session/plan/audience.js";
import { deviceOf, skippedDevice } from "../../session/plan/skippedDevice.js";
import { type Context, ownDevice } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import type { UndecidedPolicy } from "../options.js";
import type { SealedContent } from "./content.js";
import { type Gathered, gather, type Target } from "./gather.js";
import type { GatherOptions } from "./gatherOptions.js";

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
  readonly onProgress?: GatherOptions["onProgress"];
  /** Whether a device is to read it; absent where every one is. */
  readonly isFor?: (identity: OmemoIdentity) => boolean;
  /** What is said; absent where that is nothing. */
  readonly message?: ComposedMessage;
  /** For a message to a room; else it is said in a conversation, and has to reach everybody. */
  readonly room?: RoomRequest;
  /** It says that we want plaintext, and so goes where nothing else does any more. */
  readonly isOptOut?: boolean;
}

/** What is different about a message to a room. */
export interface RoomRequest {
  /** Whether a single member without readable device stops the message. */
  readonly mustReachAll: boolean;
  readonly undecided: UndecidedPolicy;
  /** Asked again inside the mailbox: somebody may have been put out, or may see us from now on. */
  recipients(): readonly BareJid[];
}

/** Whom it has to reach. */
export function audienceOf(
  context: Context,
  { recipients, room, message }: EncryptRequest,
): Audience {
  const { jid: own } = ownDevice(context);
  const says = legacyContent(message?.content ?? [], "combined").lost;
  return { own, recipients, mustReachAll: room?.mustReachAll ?? true, says };
}

/** What is done about identities that nobody decided about. */
export function undecidedPolicy(context: Context, { room }: EncryptRequest): UndecidedPolicy {
  return room?.undecided ?? context.options.undecided;
}

/** What is known before trust is asked: who could read it, and the content for them. */
export interface Prepared extends Gathered {
  readonly contents: readonly SealedContent[];
}

/** Network work, and the content as each version carries it. Changes nothing but what is cached. */
export async function prepare(
  context: Context,
  bundles: BundleSource,
  request: EncryptRequest,
): Promise<Prepared> {
  const accounts = [...new Set([...request.recipients, ownDevice(context).jid])];
  const gathered = await gather(context, bundles, accounts, request.versions, request);
  const { isFor = () => true } = request;
  const meant = gathered.targets.filter(({ identity }) => isFor(identity));
  const contents = await sealContents(request, meant);
  const { targets, mute } = byContent(meant, contents);
  return {
    targets,
    contents,
    unlisted: gathered.unlisted,
    skipped: [...gathered.skipped, ...mute],
  };
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
    .map(({ identity, version }) => {
      return skippedDevice(deviceOf(identity), "legacy-needs-body", { identity, version });
    });
  return { targets: targets.filter(carries), mute };
}
