import type { SessionPart } from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import type { Profile, ReceivedMessage } from "../ratchet/profile.js";
import type { Work } from "../ratchet/work.js";
import type { Identities } from "./identities.js";

/** What a call computes with. */
export interface Context {
  readonly primitives: Primitives;
  readonly profile: Profile;
  readonly work: Work;
  readonly identities: Identities;
  /** Replaced states that a session keeps for receiving [W-85, O2-123]. */
  readonly archiveLimit: number;
  /** Whether a legacy exchange without one-time prekey is taken [W-25]. */
  readonly acceptsWithoutPreKey: boolean;
  /** Fresh bytes; private keys, base keys and nonces all come from here. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** What is tried on one state after another until it opens. */
export interface Attempt {
  readonly message: ReceivedMessage;
  readonly parts: readonly SessionPart[];
  /** One for all states that are tried, so that the answer to a forgery is not a choice. */
  readonly nextRatchetKey: () => Uint8Array;
  /** Chain steps that unauthenticated counters may still cost [O2-60, W-84]. */
  stepsLeft: number;
}

/** The value of a part, if it was loaded. */
export function partNamed(parts: readonly SessionPart[], name: string): Uint8Array | undefined {
  return parts.find((part) => part.name === name)?.value;
}
