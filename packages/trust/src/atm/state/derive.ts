import type { KeyDecision, TrustKey, TrustLevels } from "../../decisions/decision.js";
import { meaningOf } from "../../decisions/levels.js";
import type { Replayed, Standing } from "../rules/replay.js";
import type { KnownSubject, Snapshot } from "./snapshot.js";

/** A decision that follows from what others said, and whose word it is. */
export interface Derived extends KeyDecision {
  readonly by: TrustKey | undefined;
}

/** What has to be written so that the table says what follows; `decided` are a person's just now. */
export function derive(
  { subjects }: Snapshot,
  { standings }: Replayed,
  levels: TrustLevels,
  decided: ReadonlySet<string>,
): readonly Derived[] {
  return [...subjects].flatMap(([name, subject]): readonly Derived[] => {
    if (decided.has(name)) return [];
    const standing = standings.get(name);
    const by = standing?.by;
    const wanted =
      by === undefined ? backToPerson(subject, levels) : byOthers(subject, standing, by);
    const { level, origin } = subject.decision ?? {};
    const isSo = wanted?.decision.level === level && wanted?.decision.origin === origin;
    return wanted === undefined || isSo ? [] : [wanted];
  });
}

function byOthers({ key }: KnownSubject, standing: Standing | undefined, by: TrustKey): Derived {
  const isAuthenticated = standing?.verdict === "trust";
  return {
    identity: key,
    decision: { level: isAuthenticated ? "authenticated" : "untrusted", origin: "trust-message" },
    isAuthenticated,
    note: { by: by.jid, why: "a trust message" },
    by,
  };
}

/** Nobody speaks of it any more: what a person decided before counts again, if anything. */
function backToPerson(
  { key, decision, manual: { level } }: KnownSubject,
  levels: TrustLevels,
): Derived | undefined {
  if (decision?.origin !== "trust-message") return undefined;
  const { isAuthenticated = false } = level === undefined ? {} : meaningOf(levels, level);
  return {
    identity: key,
    decision:
      level === undefined
        ? { level: "undecided", origin: "trust-message" }
        : { level, origin: "person" },
    isAuthenticated,
    note: { why: "nobody speaks of it any more" },
    by: undefined,
  };
}
