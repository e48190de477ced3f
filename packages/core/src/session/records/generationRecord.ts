import type { OmemoVersion } from "../../domain/version.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** How far the state of this device has come; the mirror on the server shows number and nonce. */
export interface GenerationRecord {
  /** Only grows; committed before it is published. */
  readonly number: number;
  /** Tells it from the same number of a copy: 32 hex digits. */
  readonly nonce: string;
  /** The number that was published last: messages are counted under it. */
  readonly current: number;
  /** How often a process began to send: each has its own slice of every sending chain. */
  readonly starts: number;
  /** Ms since 1970. */
  readonly renewedAt: number;
  /** The server took what was published last. */
  readonly isMirrored: boolean;
}

export const generationCodec: NeutralCodec<GenerationRecord> = neutralCodec(1);

/** Of a store that was never mirrored. */
export const NO_GENERATION: GenerationRecord = Object.freeze({
  number: 0,
  nonce: "",
  current: 0,
  starts: 0,
  renewedAt: 0,
  isMirrored: false,
});

/** What the mirror shows, once it is known to be ours. */
export interface MirrorValue {
  readonly number: number;
  readonly nonce: string;
  /** Ids to give out next when it was published: of prekeys, of signed prekeys. */
  readonly keyIds: Readonly<Partial<Record<OmemoVersion, readonly [number, number]>>>;
}

/** A recovery that is not finished. */
export interface RecoveryRecord {
  readonly kind: "rolled-back" | "restored" | "requested";
  readonly droppedSessions: number;
  /** The sessions are gone, and the application was told; what is left is to build new ones. */
  readonly isSettled: boolean;
}

export const recoveryCodec: NeutralCodec<RecoveryRecord> = neutralCodec(1);

/** A device that gets a new session, by the versions of those that were dropped. */
export interface RebuildRecord {
  readonly versions: readonly OmemoVersion[];
}

export const rebuildCodec: NeutralCodec<RebuildRecord> = neutralCodec(1);
