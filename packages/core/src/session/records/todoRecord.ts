import type { OmemoDevice } from "../../domain/device.js";
import type { BareJid } from "../../domain/jid.js";
import type { OmemoVersion } from "../../domain/version.js";
import type { RecordKey } from "../../ports/store.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/**
 * Something to do on the network that a commit made necessary. It is stored in that very commit, so
 * a crash repeats it and never forgets it; doing it twice does no harm.
 */
export type Effect =
  | { readonly kind: "publish-bundle"; readonly version: OmemoVersion }
  /** Bundle and list entry; made necessary by a new stream, so it is never stored [O2-16, O2-20]. */
  | { readonly kind: "announce"; readonly version: OmemoVersion }
  /** What was missed while there was no stream, or in a room; never stored either [MAM-04]. */
  | { readonly kind: "catch-up"; readonly room?: BareJid }
  | { readonly kind: "refresh-device-list"; readonly owner: BareJid }
  /** With the devices whose sessions a recovery dropped: a record each [O2-148]. */
  | { readonly kind: "rebuild-sessions" }
  /** Completes a session that the peer started, or moves the ratchet on [O2-128, O2-139]. */
  | {
      readonly kind: "send-empty-message";
      readonly version: OmemoVersion;
      readonly to: OmemoDevice;
      readonly why: "answer" | "heartbeat";
    }
  /** Starts a session with a device whose message met none here, or a broken one [O2-129, L-76]. */
  | {
      readonly kind: "start-session";
      readonly version: OmemoVersion;
      readonly to: OmemoDevice;
      readonly isReplacement?: boolean;
    };

export const todoCodec: NeutralCodec<Effect> = neutralCodec(1);

/** Effects with the same key are one: they are coalesced. */
export function todoKey(effect: Effect): RecordKey {
  switch (effect.kind) {
    case "publish-bundle":
    case "announce":
      return ["todo", effect.kind, effect.version];
    case "catch-up":
      return ["todo", effect.kind, ...(effect.room === undefined ? [] : [effect.room])];
    case "rebuild-sessions":
      return ["todo", effect.kind];
    case "refresh-device-list":
      return ["todo", effect.kind, effect.owner];
    case "send-empty-message":
    case "start-session":
      return ["todo", effect.kind, effect.version, effect.to.jid, String(effect.to.deviceId)];
  }
}
