import type {
  BareJid,
  OmemoIdentity,
  OmemoStore,
  OmemoTrustCallback,
  TrustState,
} from "@omemo/core";
import type {
  Decision,
  DecisionNote,
  KnownKey,
  TrustFact,
  TrustLevels,
  TrustTable,
} from "./decisions/decision.js";
import { allLevels, meaningOf } from "./decisions/levels.js";
import { storeTable } from "./decisions/storeTable.js";
import { explainVerdict } from "./rules/explainVerdict.js";
import type { KeyFacts, TrustRule, Verdict } from "./rules/rule.js";

/** A verdict about a key, with the sentence that explains it. */
export interface TrustExplanation extends Verdict {
  readonly identity: OmemoIdentity;
  /** English, one sentence, without key or address. */
  readonly text: string;
}

/** What a decision comes with. */
export interface DecisionOptions extends DecisionNote {
  /** Default: `person`. */
  readonly origin?: Decision["origin"];
}

/** A trust callback that knows levels, and can say why. */
export interface TrustPolicy extends OmemoTrustCallback {
  /**
   * Records a decision at one of the levels; `undecided` takes it back.
   * @throws OmemoError `invalid-input` for a level that there is not, `store-failure`,
   * `store-conflict`.
   */
  decide(identity: OmemoIdentity, level: string, options?: DecisionOptions): Promise<void>;
  /** In the order asked; without effects. `conversation` as in `getTrust`. */
  explain(
    identities: readonly OmemoIdentity[],
    conversation?: BareJid,
  ): Promise<readonly TrustExplanation[]>;
}

/** How a policy of one's own behaves; everything has a default. */
export interface TrustPolicyOptions {
  /** Levels beside the built-in ones. */
  readonly levels?: TrustLevels;
  /**
   * What the rules look at beside decisions. Default: nothing. With `first-key`, what devices show
   * first is remembered as well.
   */
  readonly facts?: readonly TrustFact[];
}

const NOBODY: Verdict = { state: "undecided", reason: "nobody-decided" };

/**
 * A policy made of rules: the first with a verdict decides; a key about which none has one is
 * undecided. Decisions are kept in `where`: a store, which may be the manager's own, or a table.
 * @throws OmemoError `invalid-input` for levels with the name of a built-in one.
 */
export function trustPolicy(
  where: OmemoStore | TrustTable,
  rule: TrustRule,
  { levels: own, facts: wanted = [] }: TrustPolicyOptions = {},
): TrustPolicy {
  const table = "read" in where ? where : storeTable(where);
  const levels = allLevels(own);
  const facts = new Set(wanted);
  const judge = async (identities: readonly OmemoIdentity[], conversation?: BareJid) => {
    const known = await table.read(identities, facts);
    const keys = identities.flatMap((identity, index): readonly KeyFacts[] => {
      const key = known[index];
      return key === undefined ? [] : [factsOf(levels, identity, key, conversation)];
    });
    return { keys, verdicts: keys.map((key) => rule(key) ?? NOBODY) };
  };
  const decide: TrustPolicy["decide"] = async (identity, level, { origin, ...note } = {}) => {
    const { isAuthenticated = false } = meaningOf(levels, level);
    const decision = { level, origin: origin ?? "person" };
    await table.write({ identity, decision, isAuthenticated, note });
  };
  return {
    decide,
    setTrust: (identity, state: TrustState) => decide(identity, state),
    getTrust: async (identities, conversation) => {
      const { keys, verdicts } = await judge(identities, conversation);
      const first = keys.filter(({ firstKey }) => facts.has("first-key") && firstKey === undefined);
      // Before anything is sent to them: what was trusted once must not look new again.
      if (first.length > 0) await table.noteFirstKeys(first.map(({ identity }) => identity));
      return verdicts.map(({ state }) => state);
    },
    explain: async (identities, conversation) => {
      const { keys, verdicts } = await judge(identities, conversation);
      return keys.flatMap(({ identity }, index): readonly TrustExplanation[] => {
        const verdict = verdicts[index];
        if (verdict === undefined) return [];
        return [{ ...verdict, identity, text: explainVerdict(verdict) }];
      });
    },
  };
}

function factsOf(
  levels: TrustLevels,
  identity: OmemoIdentity,
  known: KnownKey,
  conversation: BareJid | undefined,
): KeyFacts {
  const { decision } = known;
  const meaning = decision && meaningOf(levels, decision.level);
  const isAuthenticated = meaning?.isAuthenticated ?? false;
  const decided = verdictOf(decision, meaning?.state, isAuthenticated);
  return { ...known, identity, conversation, decided, isAuthenticated };
}

function verdictOf(
  decision: Decision | undefined,
  state: TrustState | undefined,
  isAuthenticated: boolean,
): Verdict | undefined {
  if (decision === undefined || state === undefined || state === "undecided") return undefined;
  const { level, origin } = decision;
  if (origin === "trust-message") return { state, reason: "vouched-for", level };
  return { state, reason: isAuthenticated ? "compared" : "decided", level };
}
