import type { XmlElement } from "../../domain/xmlElement.js";
import { sessionKey } from "../../session/records/recordKeys.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import type { Target } from "../sending/gather.js";
import { sealEmpty } from "../sending/sealEmpty.js";
import { readSession } from "../sessions/sessions.js";

/**
 * Inside the mailbox, before content is encrypted: the empty messages that have to leave first. While
 * archives are read, a session may rest on a prekey that another one rests on too; content waits for
 * its ratchet to move away from that [O2-142, O2-145a, L-70, L-74a].
 */
export async function answerFirst(
  context: Context,
  bundles: BundleSource,
  targets: readonly Target[],
): Promise<readonly XmlElement[]> {
  if (!context.catchUpMode.isOpen()) return [];
  const stored = await context.store.get(
    targets.map(({ version, identity }) => sessionKey(version, identity)),
  );
  const owed = targets.filter((_, index) => {
    return readSession(context, stored[index])?.record.owesAnswer === true;
  });
  const answers: XmlElement[] = [];
  for (const target of owed) {
    const sealed = await sealEmpty(context, bundles, target);
    if (typeof sealed !== "string") answers.push(...sealed);
  }
  return answers;
}
