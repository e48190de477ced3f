import type { OmemoVersion } from "@omemo/core";
import type { Profile } from "../ratchet/profile.js";

/** Limits of one OMEMO version; hostile input costs no more than these say. */
export interface NobleLimits {
  /** Largest jump of a counter in one chain: 25 000 legacy [W-84], 1000 in OMEMO 2 [O2-60]. */
  readonly jump?: number;
  /** Skipped keys held: 2000 a chain, legacy [W-83]; 1000 a session in OMEMO 2 [O2-59]. */
  readonly heldKeys?: number;
  /** Replaced sessions kept for receiving: 40 [W-85, O2-123]. */
  readonly archivedSessions?: number;
}

/** Everything has a default that is right for use. */
export interface NobleBackendOptions {
  /**
   * `"native"` takes hashes, ciphers and curves from `node:crypto`, `"noble"` from `@noble/*`;
   * `"auto"`, the default, takes native ones where they work.
   */
  readonly primitives?: "noble" | "native" | "auto";
  /** Takes legacy key exchanges without one-time prekey; default `true` [W-25]. */
  readonly acceptWithoutPreKey?: boolean;
  readonly limits?: Readonly<Partial<Record<OmemoVersion, NobleLimits>>>;
  /** Cryptographically strong bytes; default `crypto.getRandomValues`. */
  readonly randomBytes?: (length: number) => Uint8Array;
  /** Lets others run; called after a fixed amount of work, never by the clock. */
  readonly pause?: () => Promise<void>;
}

/** What the testing entry may change beside: how captured conversations were written. */
export interface ReplayOptions extends NobleBackendOptions {
  /** What is sent about the previous chain; default `"count"` [W-71, O2-64]. */
  readonly previousCounter?: Profile["previousCounter"];
  /** First byte of legacy messages; default 0x33 [W-50]. */
  readonly legacyVersionByte?: number;
}
