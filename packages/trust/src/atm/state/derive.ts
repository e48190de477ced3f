import type { KeyDecision, TrustKey } from "../../decisions/decision.js";
import type { Replayed } from "../rules/replay.js";
import type { KnownSubject, Snapshot } from "./snapshot.js";

/** A decision that follows from what others said. */
export interface Derived extends KeyDecision {
  readonly decision: {
    readonly level: "authenticated" | "untrusted" | "undecided";
    readonly origin: "trust-message";
  };
  readonly by: TrustKey | undefined;
}

/** What has to be written so that the table says what follows; `decided` are a person's just now. */
export function derive(
  { subjects }: Snapshot,
  { standings }: Replayed,
  decided: ReadonlySet<string>,
): readonly Derived[] {
  return [...subjects].flatMap(([name, subject]): readonly Derived[] => {
    if (decided.has(name)) return [];
    const standing = standings.get(name);
    if (standing === undefined) return isVouchedFor(subject) ? [withdrawn(subject)] : [];
    if (standing.by === undefined) return [];
    const isAuthenticated = standing.verdict === "trust";
    const level = isAuthenticated ? "authenticated" : "untrusted";
    const { origin, level: before } = subject.decision ?? {};
    if (origin === "trust-message" && before === level) return [];
    return [
      {
        identity: subject.key,
        decision: { level, origin: "trust-message" },
        isAuthenticated,
        note: { by: standing.by.jid, why: "a trust message" },
        by: standing.by,
      },
    ];
  });
}

function isVouchedFor({ decision }: KnownSubject): boolean {
  return decision?.origin === "trust-message" && decision.level !== "undecided";
}

function withdrawn({ key }: KnownSubject): Derived {
  return {
    identity: key,
    decision: { level: "undecided", origin: "trust-message" },
    isAuthenticated: false,
    note: { why: "nobody vouches for it any more" },
    by: undefined,
  };
}
