import { type BareJid, OmemoError, type OmemoIdentity, type OmemoStore } from "@omemo/core";
import type { DecisionNote, KeyDecision, TrustKey } from "../../decisions/decision.js";
import { decisionKey, decodeDecision } from "../../decisions/decisionRecord.js";
import { meantKey } from "../wire/keyId.js";
import type { TrustUri } from "../wire/trustUri.js";

/** What a link would decide about one key. */
export interface TrustUriChange {
  /** With the device that shows it, where one does. */
  readonly key: TrustKey;
  readonly before: string | undefined;
  readonly after: "authenticated" | "untrusted";
  /** It would take back that the key was authenticated, or that a person distrusted it [TM-10]. */
  readonly overturns: boolean;
}

/** What a link would do; to be shown to the user before it is applied [TM-10]. */
export interface TrustUriReview {
  readonly jid: BareJid;
  /** Whether it is about the account that the user is looking at; otherwise it cannot be applied. */
  readonly isExpectedAccount: boolean;
  /** What would change; empty when all of it is decided so already. */
  readonly changes: readonly TrustUriChange[];
}

/** Of a key that is both trusted and distrusted the latter counts [ATM-09]. */
export async function reviewTrustUri(
  store: OmemoStore,
  { jid, keys }: TrustUri,
  { expected, shown }: { readonly expected: BareJid; readonly shown: readonly OmemoIdentity[] },
): Promise<TrustUriReview> {
  const devices = shown.filter((each) => each.jid === jid);
  const known = new Set(devices.map(({ fingerprint }) => fingerprint));
  const wanted = new Map<string, Pick<TrustUriChange, "key" | "after">>();
  for (const { key, verdict } of keys) {
    const fingerprint = meantKey(key, known);
    const device = devices.find((each) => each.fingerprint === fingerprint);
    const isDistrusted = wanted.get(fingerprint)?.after === "untrusted";
    const after = verdict === "distrust" || isDistrusted ? "untrusted" : "authenticated";
    wanted.set(fingerprint, { key: device ?? { jid, fingerprint }, after });
  }
  const named = [...wanted.values()];
  const decisions = await store.get(named.map(({ key }) => decisionKey(key)));
  const changes = named.flatMap(({ key, after }, index): readonly TrustUriChange[] => {
    const before = decodeDecision(decisions[index]);
    if (before?.level === after && before.origin === "person") return [];
    const overturns =
      after === "untrusted"
        ? before?.level === "authenticated"
        : before?.level === "untrusted" && before.origin === "person";
    return [{ key, before: before?.level, after, overturns }];
  });
  return { jid, isExpectedAccount: jid === expected, changes };
}

/** Decides as the user agreed to, in one commit. */
export async function applyTrustUri(
  { isExpectedAccount, changes }: TrustUriReview,
  note: DecisionNote,
  decide: (decided: readonly KeyDecision[]) => Promise<void>,
): Promise<void> {
  if (!isExpectedAccount) {
    const text = "the link is about another account than the one that is being looked at";
    throw new OmemoError("invalid-input", text);
  }
  await decide(
    changes.map(({ key, after }) => ({
      identity: key,
      decision: { level: after, origin: "person" },
      isAuthenticated: after === "authenticated",
      note: { why: "a trust message link", ...note },
    })),
  );
}
