import type { OmemoVersion } from "../domain/version.js";
import type { RecordPut } from "../ports/store.js";
import { withoutOriginId } from "../session/content/originId.js";
import { ownFingerprint } from "../session/records/accountRecord.js";
import { fromInbox, type InboxRecord, inboxId } from "../session/records/inboxRecord.js";
import { type Context, ownDevice } from "./context.js";
import { randomId } from "./random.js";
import type { EncryptRequest } from "./sending/prepare.js";
import type { SealedKey } from "./sending/seal.js";

/** An id for a message in this store; sorts in order of arrival. */
export function newMessageId(context: Pick<Context, "clock" | "crypto" | "nextSequence">): string {
  return inboxId(context.clock.now(), context.nextSequence(), randomId(context.crypto).slice(0, 8));
}

/** What the archive keeps of a message that was decrypted, for the commit that spends its key. */
export function archivedOfReceived(context: Context, inbox: InboxRecord): readonly RecordPut[] {
  return recordsOf(context, inbox, [inbox.version]);
}

/** What it keeps of one that is about to leave for these keys. */
export function archivedOfSent(
  context: Context,
  { message, room, to }: EncryptRequest,
  keys: readonly SealedKey[],
): readonly RecordPut[] {
  const versions = context.options.versions.filter((version) => {
    return keys.some(({ target }) => target.version === version);
  });
  const [version] = versions;
  if (message === undefined || version === undefined) return [];
  const device = ownDevice(context);
  const nick = context.rooms.info(to)?.nick ?? "";
  const said: InboxRecord = {
    id: newMessageId(context),
    from: device.jid,
    conversation: to,
    ...(room !== undefined && { room: { jid: to, nick, established: "presence" } }),
    direction: "sent",
    origin: "live",
    stanzaId: message.id,
    originId: message.id,
    archiveId: undefined,
    sentAt: undefined,
    version,
    device,
    fingerprint: ownFingerprint(context.account()),
    trust: "trusted",
    content: withoutOriginId(message.content).content,
    warnings: [],
  };
  return recordsOf(context, said, versions);
}

function recordsOf(
  { archive, clock }: Context,
  said: InboxRecord,
  versions: readonly OmemoVersion[],
): readonly RecordPut[] {
  if (archive === undefined) return [];
  const { version, isRedelivery, ...message } = fromInbox(said, false);
  return archive.recordsOf({ ...message, versions, handledAt: clock.now() });
}
