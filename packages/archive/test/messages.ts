import {
  type ArchivableMessage,
  type BareJid,
  bareJid,
  deviceId,
  fingerprint,
  OMEMO_2,
  type OmemoStore,
} from "@omemo/core";
import type { Archive } from "../src/index.js";

export const JULIET: BareJid = bareJid("juliet@example.org");
export const ROMEO: BareJid = bareJid("romeo@example.net");
export const NURSE: BareJid = bareJid("nurse@example.org");
/** 21 November 2026, noon. */
export const NOON = 1_795_262_400_000;
export const DAY = 86_400_000;

let count = 0;

/** A text from Romeo at noon, unless told otherwise. */
export function said(body: string, change: Partial<ArchivableMessage> = {}): ArchivableMessage {
  count += 1;
  return {
    id: `m${String(count).padStart(6, "0")}`,
    handledAt: change.sentAt ?? NOON,
    from: ROMEO,
    conversation: ROMEO,
    direction: "received",
    origin: "live",
    stanzaId: undefined,
    originId: undefined,
    archiveId: undefined,
    sentAt: undefined,
    versions: [OMEMO_2],
    device: { jid: ROMEO, deviceId: deviceId(77) },
    fingerprint: fingerprint("0f".repeat(32)),
    trust: "trusted",
    body,
    content: [{ name: "body", attrs: { xmlns: "jabber:client" }, children: [body] }],
    unprotected: [],
    warnings: [],
    ...change,
  };
}

/** As a manager does it, beside what it writes itself. */
export async function keep(
  store: OmemoStore,
  archive: Archive,
  ...messages: readonly ArchivableMessage[]
): Promise<void> {
  for (const message of messages) {
    await store.commit({ check: [], put: archive.recordsOf(message), delete: [] });
  }
}
