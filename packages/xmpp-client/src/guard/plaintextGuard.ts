import {
  type BareJid,
  bareJid,
  type Clock,
  LEGACY,
  OMEMO_2,
  OmemoError,
  type OmemoManager,
  type OmemoVersion,
  parseBareJid,
  systemClock,
} from "@omemo/core";
import type { XmppClient } from "../xmppClient.js";
import type { PlaintextFinding } from "./finding.js";
import { followManager } from "./followManager.js";
import { guardedConversations } from "./guardedConversations.js";
import { guardStanzas } from "./guardStanzas.js";
import type { GuardChange, GuardTable } from "./guardTable.js";
import { marking } from "./marking.js";

/** How a guard behaves; everything has a default. */
export interface PlaintextGuardOptions {
  /**
   * `strict`: what must not be readable is not written, and `send` rejects with
   * `plaintext-refused`. `report`: it is written, and told to `report`. `off`: nothing is looked at,
   * and what was marked is kept. Default: `strict`.
   */
  readonly mode?: "strict" | "report" | "off";
  /** Hears of everything that was found, in every mode but `off`. */
  readonly report?: (finding: PlaintextFinding) => void;
  /** Whether a conversation is marked by the first content encrypted in it. Default: yes. */
  readonly automatic?: boolean;
  /** Conversations that have to be encrypted always; asked for each stanza that holds content. */
  readonly mustEncrypt?: (conversation: BareJid) => boolean;
  /** `{namespace}name` of child elements that may be readable whole, beside what OMEMO leaves so. */
  readonly allow?: readonly string[];
  /** Address of the account, where the client cannot tell before login. */
  readonly account?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Who releases a conversation, and why. */
export interface Release {
  /** For the log; not empty. */
  readonly reason: string;
  readonly by?: string;
}

/** What may be noted beside a mark. */
export interface Mark {
  /** Versions in use there: they say what may stand outside. Default: both. */
  readonly versions?: readonly OmemoVersion[];
  readonly reason?: string;
  readonly by?: string;
}

/**
 * Keeps content of marked conversations from leaving readable. Its methods reject with
 * `store-failure` and `store-conflict` when the table cannot be read or written.
 */
export interface PlaintextGuard {
  /**
   * From now on nothing readable leaves to this contact, room or own account.
   * @throws OmemoError `invalid-input` when it is not an address.
   */
  mark(conversation: string, mark?: Mark): Promise<void>;
  /**
   * Lets plaintext pass again, until somebody marks the conversation or something encrypted is sent
   * to it; what others send does not.
   * @throws OmemoError `invalid-input` without a reason, or when it is not an address.
   */
  release(conversation: string, release: Release): Promise<void>;
  /** `undefined`: nobody ever marked it. */
  get(conversation: string): Promise<GuardChange | undefined>;
  /** The last change of every conversation. */
  list(): Promise<readonly GuardChange[]>;
  /** Everything that was marked and released, and why; oldest first. */
  log(): Promise<readonly GuardChange[]>;
  /**
   * Learns from a manager on this client: which conversations are encrypted, where its user opted
   * out, and which text stands beside its ciphertext. `omemo()` calls it.
   */
  follow(manager: OmemoManager): void;
}

/**
 * Makes a guard and puts it on the client. Make it before the transport, once for each client; it
 * stays as long as the client does.
 * @throws OmemoError `invalid-input` for mode `report` with nobody to hear it.
 */
export function plaintextGuard(
  client: XmppClient,
  table: GuardTable,
  options: PlaintextGuardOptions = {},
): PlaintextGuard {
  const { mode = "strict", report, automatic = true, clock = systemClock() } = options;
  if (mode === "report" && report === undefined) {
    throw new OmemoError("invalid-input", "mode `report` needs a function `report`");
  }
  const conversations = guardedConversations(table);
  const marks = marking(conversations, clock);
  const fallbackBodies: (() => string | false)[] = [];
  const elements = new Set(options.allow);
  const own = () => parseBareJid(client.jid?.toString() ?? options.account ?? "");
  const rules = {
    conversations,
    mustEncrypt: options.mustEncrypt,
    own,
    allowance: () => ({
      elements,
      fallbackBodies: fallbackBodies.flatMap((body) => body() || []),
    }),
  };
  const inTurn =
    mode === "off"
      ? <Value>(task: () => Promise<Value>) => task()
      : guardStanzas(client, {
          rules,
          isStrict: mode === "strict",
          report: report ?? (() => undefined),
          isNews: (stanza) => automatic && marks.isNews(stanza, rules.own()),
          note: (stanza) => marks.sent(stanza, rules.own()),
        });
  // Who writes past `send` cannot wait for it; who sends tries again and is told when it fails.
  conversations.load().catch(() => undefined);

  const apply = (change: Omit<GuardChange, "at" | "cause">) =>
    inTurn(() => marks.apply({ ...change, cause: "application" }));
  return {
    mark: async (jid, { versions = [OMEMO_2, LEGACY], ...words } = {}) =>
      apply({ conversation: bareJid(jid), isMarked: true, versions, ...words }),
    release: async (jid, { reason, ...words }) => {
      if (reason.trim() === "") throw new OmemoError("invalid-input", "a release needs a reason");
      await apply({ conversation: bareJid(jid), isMarked: false, versions: [], reason, ...words });
    },
    get: async (jid) => {
      const conversation = bareJid(jid);
      await conversations.look([conversation]);
      return conversations.get(conversation);
    },
    list: () => table.list(),
    log: () => table.readLog(),
    follow: (manager) => {
      fallbackBodies.push(() => manager.getSettings().fallbackBody);
      followManager(manager, { conversations, marks, inTurn, automatic, own });
    },
  };
}
