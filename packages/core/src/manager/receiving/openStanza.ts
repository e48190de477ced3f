import type { DeviceId, OmemoDevice } from "../../domain/device.js";
import { LEGACY, type OmemoVersion } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { RecordKey } from "../../ports/store.js";
import { planShown, shownCodec } from "../../session/content/shown.js";
import { grantOf } from "../../session/generation/lease.js";
import { optOutBatch, optOutCodec } from "../../session/optOut/optOutRecord.js";
import { planOptOut } from "../../session/optOut/planOptOut.js";
import { planReceive } from "../../session/planReceive.js";
import type { FailureReason, ReceivedControl, ReceivedStanza } from "../../session/received.js";
import { automaticCodec } from "../../session/records/boundedRecord.js";
import { deviceListCodec } from "../../session/records/deviceListRecord.js";
import { generationCodec, NO_GENERATION } from "../../session/records/generationRecord.js";
import type { InboxRecord } from "../../session/records/inboxRecord.js";
import { controlNewsKey } from "../../session/records/newsRecord.js";
import {
  automaticKey,
  deviceListKey,
  generationKey,
  optOutKey,
  shownKey,
} from "../../session/records/recordKeys.js";
import type { Effect } from "../../session/records/todoRecord.js";
import { repairCodec } from "../../session/repair/repairRecord.js";
import type { EncryptedElement } from "../../wire/encrypted.js";
import { unprotectedElements } from "../../wire/outside.js";
import type { Affix } from "../../wire/sce/index.js";
import type { Context } from "../context.js";
import { loadLists } from "../devices/deviceLists.js";
import { identityRecord, tellIdentity } from "../devices/identities.js";
import { keyOwners } from "../rooms/keyOwners.js";
import { planRepair } from "../sessions/repair.js";
import { archivedOfReceived, newMessageId } from "../toArchive.js";
import { recordControl } from "./controls.js";
import { admit, sessionsOfForgottenKeys } from "./newcomers.js";
import { addresseeOf, type OpenedContent, openContent } from "./openContent.js";
import { type OpenedKey, openKey } from "./openKey.js";

type Readable = Extract<EncryptedElement, { readonly kind: "encrypted" }>;

/** What became of a stanza; all of it is durable. */
export type Outcome =
  | { readonly kind: "message"; readonly inbox: InboxRecord; readonly effects: readonly Effect[] }
  | {
      readonly kind: "control";
      readonly control: ReceivedControl;
      /** Where a transported key waits until it was told. */
      readonly newsKey: RecordKey;
      readonly effects: readonly Effect[];
    }
  | {
      readonly kind: "failure";
      readonly reason: FailureReason;
      readonly affix?: Affix;
      readonly effects: readonly Effect[];
    }
  | { readonly kind: "silent"; readonly effects: readonly Effect[] };

/** How what was said is kept. */
export interface OpenOptions {
  /** Whether it waits in the inbox until the application took it over (invariant 2). */
  readonly isKept: boolean;
}

/** Decrypts a stanza as one of this sender and commits what follows; runs inside the mailbox. */
export async function openStanza(
  context: Context,
  stanza: XmlElement,
  about: ReceivedStanza,
  element: Readable,
  options: OpenOptions,
): Promise<Outcome> {
  const { version } = element;
  const device: OmemoDevice = { jid: about.from, deviceId: element.senderDeviceId };
  const key = await openKey(context, device, version, element.keys);
  if (key.kind === "refused") {
    if (key.reason === "duplicate") return { kind: "silent", effects: [] };
    const effects = await planRepair(context, about, device, version, key.reason);
    return { kind: "failure", reason: key.reason, effects };
  }
  if (!(await isOwner(context, about, key))) {
    return { kind: "failure", reason: "identity-differs", effects: [] };
  }
  const to = addresseeOf(about, stanza);
  const content = await openContent(context, about, to, element, key.opened.plaintext);
  if (content.kind === "refused") {
    const { reason, affix } = content;
    return { kind: "failure", reason, effects: [], ...(affix !== undefined && { affix }) };
  }
  const beside = version === LEGACY ? unprotectedElements(stanza) : [];
  return commit(context, about, version, key, content, { ...options, beside });
}

/**
 * A key exchange says which key wrote it and not whose key that is. In a conversation the servers
 * say so; a room may name the wrong account, so a key that is known as another member's is not taken
 * from this one, and without a name only a key that is known already. Of our own devices we know
 * ourselves which there are.
 */
async function isOwner(context: Context, about: ReceivedStanza, key: OpenedKey): Promise<boolean> {
  const { room, from } = about;
  if (room === undefined || key.exchange === undefined) return true;
  const { deviceId, fingerprint } = key.identity;
  const owners = await keyOwners(context, room.jid, deviceId);
  const owning = owners.filter(({ fingerprints }) => fingerprints.includes(fingerprint));
  if (owning.some(({ jid }) => jid === from)) return true;
  if (from === context.account().jid && !(await isOurs(context, deviceId))) return false;
  return owning.length === 0 && room.established !== "device";
}

async function isOurs(context: Context, own: DeviceId): Promise<boolean> {
  const [account] = await loadLists(context, [context.account().jid]);
  return (account?.lists ?? []).some(({ record }) => {
    return record?.devices.some(({ deviceId }) => deviceId === own);
  });
}

async function commit(
  context: Context,
  about: ReceivedStanza,
  version: OmemoVersion,
  key: OpenedKey,
  content: Exclude<OpenedContent, { readonly kind: "refused" }>,
  { isKept, beside }: OpenOptions & { readonly beside: readonly XmlElement[] },
): Promise<Outcome> {
  const { identity, opened } = key;
  const { jid, deviceId, fingerprint } = identity;
  const now = context.clock.now();
  const seen = { ...key, ...(await loadRest(context, key, version, about)), version, now };
  const admission = await admit(context, key, seen.isListed);
  if (admission === undefined) {
    return { kind: "failure", reason: "too-many-devices", effects: [] };
  }
  const [trust = "undecided"] = await context.trust.getTrust([identity]);
  const from = { ...about, version, device: { jid, deviceId }, fingerprint, trust };
  const id = newMessageId(context);
  const inbox: InboxRecord | undefined =
    content.kind === "content"
      ? {
          ...from,
          id,
          originId: content.originId ?? about.originId,
          content: content.content,
          warnings: content.warnings,
          ...(content.affixes !== undefined && { affixes: content.affixes }),
          ...(beside.length > 0 && { unprotected: beside }),
        }
      : undefined;
  const control = content.kind === "control" ? { ...from, ...content.control } : undefined;
  const newsKey = controlNewsKey(id);
  const session = key.session?.record;
  const keepsPreKeys = context.catchUpMode.isOpen();
  const shown = isKept && inbox !== undefined ? remember(seen, inbox) : undefined;
  const isNews = shown?.isRepeated !== true;
  const kept = isKept && isNews ? inbox : undefined;
  const planned = planReceive(
    { ...seen, session, keepsPreKeys },
    opened,
    trust,
    kept,
    context.limits,
  );
  const optOut = inbox && planOptOut(inbox, seen.optOut, context.account().jid, now);
  const changed = optOut && optOutBatch(about.conversation, seen.storedOptOut, optOut);
  await context.store.commit({
    check: [
      ...planned.batch.check,
      ...admission.check,
      ...(changed?.check ?? []),
      ...(shown?.check ?? []),
    ],
    put: [
      ...planned.batch.put,
      ...admission.put,
      ...(changed?.put ?? []),
      ...(shown?.put ?? []),
      ...identityRecord(context, identity, key.device),
      ...(control === undefined || !isKept ? [] : recordControl(context, newsKey, control)),
      ...context.catchUp.position(about),
      ...(kept === undefined ? [] : archivedOfReceived(context, kept)),
    ],
    delete: [
      ...planned.batch.delete,
      ...(changed?.delete ?? []),
      ...(await sessionsOfForgottenKeys(context, key)),
    ],
  });
  context.generation.touched();
  tellIdentity(context, identity, key.device);
  if (optOut !== undefined) context.events.notify("opt-out", optOut.change);
  const { effects } = planned;
  if (inbox !== undefined && isNews) return { kind: "message", inbox, effects };
  if (control === undefined) return { kind: "silent", effects };
  return { kind: "control", control, newsKey, effects };
}

/** Only what may have come in the other version as well is remembered. */
function remember(
  { storedShown, shown, mayComeTwice }: Awaited<ReturnType<typeof loadRest>>,
  { device, version, originId }: InboxRecord,
) {
  if (!mayComeTwice || originId === undefined) return undefined;
  const { isRepeated, after } = planShown(shown, version, originId);
  const key = shownKey(device);
  const check = [{ key, version: storedShown?.version }];
  return { isRepeated, check, put: [{ key, value: shownCodec.encode(after) }] };
}

/** What only the rules want to know: whether the device is listed, and what was answered lately. */
async function loadRest(
  context: Context,
  { identity }: OpenedKey,
  version: OmemoVersion,
  { conversation }: ReceivedStanza,
) {
  const { versions } = context.options;
  const [storedOptOut, storedShown, storedAnswers, storedRepairs, generation, ...lists] =
    await context.store.get([
      optOutKey(conversation),
      shownKey(identity),
      automaticKey("answer", identity),
      automaticKey("repair", identity),
      generationKey,
      ...versions.map((each) => deviceListKey(each, identity.jid)),
    ]);
  const listed = versions.filter((_, index) => {
    const list = lists[index];
    if (list === undefined) return false;
    const { devices } = deviceListCodec.decode(list);
    return devices.some(({ deviceId }) => deviceId === identity.deviceId);
  });
  const isBetter = (each: OmemoVersion) => versions.indexOf(each) < versions.indexOf(version);
  return {
    backend: context.backend.id,
    version,
    storedOptOut,
    optOut: storedOptOut && optOutCodec.decode(storedOptOut),
    storedShown,
    shown: storedShown && shownCodec.decode(storedShown),
    mayComeTwice: versions.some(
      (each, index) => each !== version && (lists[index] === undefined || listed.includes(each)),
    ),
    storedAnswers,
    repairs: storedRepairs && repairCodec.decode(storedRepairs),
    answers: storedAnswers && automaticCodec.decode(storedAnswers),
    isListed: listed.length > 0,
    isListedBetter: listed.some(isBetter),
    grant: grantOf(generation === undefined ? NO_GENERATION : generationCodec.decode(generation)),
    mayAnswer: context.options.mayAnswer(identity.jid),
  };
}
