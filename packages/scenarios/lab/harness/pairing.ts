import type { OmemoStore } from "@omemo/core";
import type { BundleVersion } from "./bundleReader.js";
import type { LabDevice } from "./labDevice.js";
import type { LabProgram } from "./labPrograms.js";
import type { LaunchPeer } from "./peer.js";

/** What one side of a pairing is, and what can be asked of it. */
export interface Side {
  readonly program: LabProgram;
  readonly launch: LaunchPeer;
  /** Opens what an ended client of ours kept; its file where nothing else is said. */
  readonly openState?: (device: Pick<LabDevice, "jid" | "folder">) => Promise<OmemoStore>;
  /** Ours: what it called sent is sent, and what was on its way arrives, when SIGKILL hits it. */
  readonly survivesKill: boolean;
  readonly canReplaceSessions: boolean;
  /** Reads from archives what it missed. */
  readonly readsArchives: boolean;
  /** Fills its bundle up to at least this many pre-keys after first contacts. */
  readonly wantedPreKeys: number;
  /** Gives a new pre-key the id of the one that it replaces. */
  readonly reusesPreKeyIds: boolean;
}

/** Two clients that are to understand each other. */
export interface Pairing {
  readonly name: string;
  readonly left: Side;
  readonly right: Side;
  /** The version that the two agree on. */
  readonly version: BundleVersion;
}

export function bothWays<Item>(
  left: Item,
  right: Item,
): readonly (readonly [from: Item, to: Item])[] {
  return [
    [left, right],
    [right, left],
  ];
}
