import type { Candidate } from "./candidate.ts";
import { libsignal023 } from "./libsignal023.ts";
import { libsignal072 } from "./libsignal072.ts";
import { ownCandidate } from "./ownCandidate.ts";

/** All that are compared, in the order of the tables. */
export function createCandidates(): readonly Candidate[] {
  return [
    libsignal072(),
    libsignal023(),
    ownCandidate("native", "legacy"),
    ownCandidate("noble", "legacy"),
    ownCandidate("native", "OMEMO 2"),
    ownCandidate("noble", "OMEMO 2"),
  ];
}
