import { equalBytes, LEGACY, OmemoError, type Session } from "@omemo/core";
import { noblePrimitives } from "../primitives/noblePrimitives.js";
import { legacyProfile } from "../ratchet/legacyProfile.js";
import { omemo2Profile } from "../ratchet/omemo2Profile.js";
import { partNamed } from "./context.js";
import { withSendingChain } from "./encryptMessage.js";
import { heldRuns } from "./holdKeys.js";
import { decodeOlderChain, olderChainNames } from "./olderChains.js";
import { decodeHead } from "./sessionRecord.js";
import type { Chain } from "./sessionState.js";

/** A receiving chain and the counters of the keys that are held for it. */
export interface InspectedChain extends Chain {
  readonly held: readonly number[];
}

/** The current state of a session, its answer chain made if that is still owed. */
export interface InspectedSession {
  readonly rootKey: Uint8Array;
  readonly previousCounter: number;
  readonly sending: Chain;
  /** Oldest first, the current one last. */
  readonly receiving: readonly InspectedChain[];
  readonly isPending: boolean;
  /** Whether the session was built from an exchange with that base key of 32 bytes. */
  isBuiltFrom(baseKey: Uint8Array): boolean;
}

/**
 * What a session holds; all of its parts must be given.
 * @throws OmemoError `invalid-input` when a part is missing.
 */
export function inspectSession({ version, head, parts }: Session): InspectedSession {
  const primitives = noblePrimitives();
  const profile = version === LEGACY ? legacyProfile() : omemo2Profile();
  const { state } = decodeHead(head);
  const runs = heldRuns(state, parts) ?? missing();
  const older = olderChainNames(state).map(
    (name) => decodeOlderChain(partNamed(parts, name) ?? missing(), 0).chain,
  );
  const chains = [...(state.receiving === undefined ? [] : [state.receiving]), ...older].reverse();
  const { rootKey, sending } = withSendingChain({ primitives, profile }, state);
  return {
    rootKey,
    previousCounter: state.previousCounter,
    sending,
    receiving: chains.map((chain) => ({
      ...chain,
      held: runs
        .filter(({ tag }) => equalBytes(tag, chain.ratchetKey.subarray(0, tag.length)))
        .flatMap(({ from, bits }) => countersOf(from, bits)),
    })),
    isPending: state.pending !== undefined,
    isBuiltFrom: (baseKey) =>
      equalBytes(primitives.sha256(baseKey).subarray(0, 16), state.exchangeId),
  };
}

function countersOf(from: number, bits: number): readonly number[] {
  return Array.from({ length: 32 }, (_, index) => index)
    .filter((index) => (bits >>> index) & 1)
    .map((index) => from + index);
}

function missing(): never {
  throw new OmemoError("invalid-input", "a part of the session was not given");
}
