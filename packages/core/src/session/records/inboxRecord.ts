import type { ReceivedMessage } from "../received.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** A decrypted message until the application took it over [invariant 2]. */
export type InboxRecord = Omit<ReceivedMessage, "isRedelivery" | "body" | "unprotected"> &
  Partial<Pick<ReceivedMessage, "unprotected">>;

export const inboxCodec: NeutralCodec<InboxRecord> = neutralCodec(1);

/** Sorts in order of arrival; unique although several processes share the store. */
export function inboxId(now: number, sequence: number, random: string): string {
  return `${String(now).padStart(15, "0")}-${String(sequence).padStart(9, "0")}-${random}`;
}

export function fromInbox(record: InboxRecord, isRedelivery: boolean): ReceivedMessage {
  const body = record.content.find(
    (element) => element.name === "body" && element.attrs.xmlns === "jabber:client",
  );
  const text = body?.children.filter((child) => typeof child === "string").join("");
  return { ...record, unprotected: record.unprotected ?? [], body: text, isRedelivery };
}
