import {
  type BareJid,
  type Clock,
  type OmemoIdentity,
  type OmemoManager,
  type OmemoStore,
  systemClock,
} from "@omemo/core";
import type { DecisionNote, TrustFact, TrustLevels, TrustTable } from "../decisions/decision.js";
import { allLevels } from "../decisions/levels.js";
import { storeTable } from "../decisions/storeTable.js";
import { firstOf, type TrustRule } from "../rules/rule.js";
import { asDecided, untilCompared } from "../rules/rules.js";
import { type TrustPolicy, trustPolicy } from "../trustPolicy.js";
import type { AutomaticTrustEvent } from "./events.js";
import { type ManagedTrust, manage } from "./manage.js";
import { change, type TrustContext } from "./state/change.js";
import { applyTrustUri, reviewTrustUri, type TrustUriReview } from "./uri/reviewTrustUri.js";
import type { TrustUri } from "./wire/trustUri.js";

/** How automatic trust behaves; everything has a default. */
export interface AutomaticTrustOptions {
  /** Levels beside the built-in ones. */
  readonly levels?: TrustLevels;
  /**
   * What of keys that nobody decided about. Default: they are trusted until a key of their account
   * was authenticated, and from then on no more (`untilCompared`) [ATM-11].
   */
  readonly rule?: TrustRule;
  /** What the rule looks at. Default: `account`. */
  readonly facts?: readonly TrustFact[];
  /** Keep a log of all decisions, see `readAuditLog`. Default: no. */
  readonly audit?: boolean;
  /**
   * When another device says otherwise than a person decided here: the decision stays and a
   * `conflict` is told (`keep`, default), or whatever was said last counts (`follow`) [ATM-09].
   */
  readonly conflicts?: "keep" | "follow";
  /** Told of what happened by itself, for a notice perhaps; what it throws is dropped [ATM-10]. */
  readonly onEvent?: (event: AutomaticTrustEvent) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** A policy whose manual decisions other devices hear of, and that hears of theirs. */
export interface AutomaticTrust extends TrustPolicy {
  /** Listens to trust messages and sends them; call it before logging in. */
  manage(manager: OmemoManager): ManagedTrust;
  /**
   * What a Trust Message URI would change. `expected`: the account that the user is looking at;
   * `shown`: its devices. Decides nothing [TM-10].
   */
  reviewUri(
    uri: TrustUri,
    expected: BareJid,
    shown?: readonly OmemoIdentity[],
  ): Promise<TrustUriReview>;
  /**
   * Makes the decisions of a reviewed URI, after the user agreed: as if he had made them by hand.
   * @throws OmemoError `invalid-input` for one about another account than the expected.
   */
  applyUri(review: TrustUriReview, note?: DecisionNote): Promise<void>;
}

/**
 * Automatic Trust Management (XEP-0450): one comparison, and all devices of both sides know each
 * other's keys. The store may be the manager's own; what has to be told survives a crash in it.
 *
 * Its methods reject with `store-failure` when the store cannot be read or written, `decide` and
 * `setTrust` with `invalid-input` for a level that there is not.
 */
export function automaticTrust(
  store: OmemoStore,
  options: AutomaticTrustOptions = {},
): AutomaticTrust {
  const { rule = untilCompared, facts = ["account"], levels = {} } = options;
  const context = contextOf(store, options);
  const wakers = new Set<() => void>();
  const decide: AutomaticTrustDecide = async (decided) => {
    await change(context, { decided });
    for (const wake of wakers) wake();
  };
  const policy = trustPolicy(automaticTable(context, decide), firstOf(asDecided, rule), {
    levels,
    facts,
  });
  return {
    ...policy,
    manage: (manager) => manage(context, manager, wakers),
    reviewUri: (uri, expected, shown = []) => reviewTrustUri(store, uri, { expected, shown }),
    applyUri: (review, note = {}) => applyTrustUri(review, note, decide),
  };
}

type AutomaticTrustDecide = (
  decided: NonNullable<Parameters<typeof change>[1]["decided"]>,
) => Promise<void>;

function contextOf(store: OmemoStore, options: AutomaticTrustOptions): TrustContext {
  const { audit = false, conflicts = "keep", clock = systemClock(), onEvent } = options;
  return {
    store,
    levels: allLevels(options.levels),
    audit,
    follows: conflicts === "follow",
    clock,
    inTurn: createTurns(),
    tell: (event) => {
      try {
        onEvent?.(event);
      } catch {
        // What happened is durable: nobody could do anything about it but not listen.
      }
    },
  };
}

function createTurns(): TrustContext["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // it is told to whoever waits for it
    return turn;
  };
}

/** The usual records; what a person decides is told to others, and may let them speak. */
function automaticTable(context: TrustContext, decide: AutomaticTrustDecide): TrustTable {
  const { store, audit, clock } = context;
  const table = storeTable(store, { audit, now: clock.now });
  return {
    ...table,
    write: (written) =>
      written.decision.origin === "person" ? decide([written]) : table.write(written),
  };
}
