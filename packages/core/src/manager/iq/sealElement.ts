import type { OmemoIdentity } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { writeEncrypted } from "../../wire/encrypted.js";
import { ownDevice } from "../context.js";
import { underLease } from "../generation/underLease.js";
import type { Parts } from "../parts.js";
import { sealContent } from "../sending/content.js";
import type { Target } from "../sending/gather.js";
import { seal } from "../sending/seal.js";
import { allowed } from "../sending/trusted.js";

/** Content for some devices of one account. */
export interface SealRequest {
  readonly to: BareJid;
  readonly content: readonly XmlElement[];
  /** They speak OMEMO 2. */
  readonly targets: readonly Target[];
  readonly signal?: AbortSignal | undefined;
}

/** The `<encrypted/>` element by itself, and who can read it; its ratchets are durable. */
export interface SealedElement {
  readonly element: XmlElement;
  readonly readers: readonly OmemoIdentity[];
}

/**
 * Encrypts for these devices alone, as far as they are trusted (invariant 7).
 * @throws OmemoError `no-recipient-devices` when none is.
 */
export async function sealElement(
  { context, bundles }: Pick<Parts, "context" | "bundles">,
  { to, content, targets, signal }: SealRequest,
): Promise<SealedElement> {
  const sealed = await sealContent(context, OMEMO_2, to, content);
  if (sealed === undefined) throw new OmemoError("invalid-input", "nothing to encrypt");
  const { keyMaterial, payload } = sealed;
  const { keys } = await underLease(
    context,
    () =>
      retryOnConflict(async () => {
        const still = await allowed(context, targets, to);
        return seal(context, bundles, still.targets, () => keyMaterial);
      }),
    signal,
  );
  if (keys.length === 0) {
    throw new OmemoError("no-recipient-devices", "no device of theirs can be encrypted for");
  }
  const element = writeEncrypted({
    version: OMEMO_2,
    senderDeviceId: ownDevice(context).deviceId,
    recipients: [
      {
        jid: to,
        keys: keys.map(({ target: { identity }, message, isKeyExchange }) => {
          return { deviceId: identity.deviceId, bytes: message, isKeyExchange };
        }),
      },
    ],
    ...(payload !== undefined && { payload }),
  });
  return { element, readers: keys.map(({ target }) => target.identity) };
}
