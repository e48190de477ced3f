import { nobleBackend } from "@omemo/backend-noble";
import { LEGACY, OMEMO_2, type OmemoBackend, type OmemoVersion } from "@omemo/core";
import type { Candidate } from "./candidate.ts";
import { OwnDevice } from "./ownDevice.ts";

interface Versions {
  readonly legacy: OmemoVersion;
  readonly "OMEMO 2": OmemoVersion;
}

const VERSIONS: Versions = { legacy: LEGACY, "OMEMO 2": OMEMO_2 };

/** Our backend with one kind of primitives, speaking one version. */
export function ownCandidate(primitives: "native" | "noble", version: keyof Versions): Candidate {
  const backends = { preparing: createBackend("native"), measured: createBackend(primitives) };
  return {
    name: `${primitives}, ${version}`,
    createDevice: () => OwnDevice.create(backends, VERSIONS[version]),
  };
}

/** OMEMO 2 takes jumps of 1000 by default; the workloads skip as many keys in every version. */
function createBackend(primitives: "native" | "noble"): OmemoBackend {
  return nobleBackend({ primitives, limits: { [OMEMO_2]: { jump: 2000, heldKeys: 2000 } } });
}
