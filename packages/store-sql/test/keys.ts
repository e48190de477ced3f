import type { RecordKey } from "@omemo/core";

export const VERSION = "urn:xmpp:omemo:2";
export const FINGERPRINT: string = "0f".repeat(32);
export const JID = "romeo@example.net";

/** One of each kind that `core` and `trust` write, with the table where a person would look. */
export const KINDS: readonly (readonly [table: string, key: RecordKey])[] = [
  ["omemo_identity", ["account"]],
  ["omemo_archive", ["archive"]],
  ["omemo_key_ids", ["key-ids", VERSION]],
  ["omemo_prekey", ["prekey", VERSION, "17"]],
  ["omemo_signed_prekey", ["signed-prekey", VERSION, "2"]],
  ["omemo_device_list", ["device-list", VERSION, JID]],
  ["omemo_device", ["device", JID, "2147483647"]],
  ["omemo_trust", ["trust", JID, FINGERPRINT]],
  ["omemo_session", ["session", VERSION, JID, "31", FINGERPRINT]],
  ["omemo_session_part", ["session-part", VERSION, JID, "31", FINGERPRINT, "0123abcd.held.12"]],
  ["omemo_inbox", ["inbox", "000001700000000-000000001-0123456789abcdef"]],
  ["omemo_todo", ["todo", "catch-up"]],
  ["omemo_todo", ["todo", "publish-bundle", VERSION]],
  ["omemo_todo", ["todo", "refresh-device-list", JID]],
  ["omemo_todo", ["todo", "start-session", VERSION, JID, "31"]],
  ["omemo_exchange", ["exchange", VERSION, FINGERPRINT]],
  ["omemo_automatic", ["automatic", "repair", JID, "31"]],
];

/** Keys that no table of a collection can hold as they are. */
export const MISFITS: readonly RecordKey[] = [
  ["unheard-of", "x"],
  ["session"],
  ["device", JID, "0"],
  ["device", JID, "007"],
  ["device", JID, "2147483648"],
  ["device", JID, "1", "more"],
  ["device", `${JID} `, "1"],
  ["device", "", "1"],
  ["device", "a\0b", "1"],
  ["device", "\ud800", "1"],
  ["device", "a".repeat(256), "1"],
  ["prekey", VERSION, "1 "],
];
