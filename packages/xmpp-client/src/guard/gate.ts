import { elementsOf, type QualifiedElement, qualify } from "@omemo/core/wire";
import { fromXmlElement, toXmlElement } from "../element.js";
import type { XmppElement } from "../xmppClient.js";
import { type PlaintextFinding, refusalOf } from "./finding.js";
import { elementsIn } from "./guardedSocket.js";
import { stanzaName } from "./inspectStanza.js";
import { conversationsOf, isFree, isInUse, judge, type Rules, type Verdict } from "./judge.js";

/** What the rules decide by, and what is done with what they find. */
export interface GateOptions {
  readonly rules: Rules;
  /** Whether what is found is refused, or only told. */
  readonly isStrict: boolean;
  readonly report: (finding: PlaintextFinding) => void;
  /** Whether a stanza says something of its conversation that is not on record yet. */
  isNews(stanza: QualifiedElement): boolean;
  /** Puts that on record. */
  note(stanza: QualifiedElement): Promise<void>;
}

/** The rules, for what is about to be written. */
export interface Gate {
  isStanza(element: XmppElement): boolean;
  /** Whether it may leave without anybody being asked: no content, no news. */
  isOpenFor(element: XmppElement): boolean;
  /** Finds out what `decide` has to know. */
  prepare(element: XmppElement): Promise<void>;
  /**
   * What to write, by all that is known: the element, mostly.
   * @throws OmemoError `plaintext-refused`.
   */
  decide(element: XmppElement): XmppElement;
  /**
   * The same for what a socket is to write.
   * @throws OmemoError `plaintext-refused`.
   */
  decideBytes(data: unknown): void;
}

export function createGate({ rules, isStrict, report, isNews, note }: GateOptions): Gate {
  const object = (verdict: Verdict): void => {
    const finding = { ...verdict, isSent: !isStrict };
    report(finding);
    if (isStrict) throw refusalOf(finding);
  };
  return {
    isStanza: ({ name }) => stanzaName(qualify({ name, attrs: {}, children: [] })) !== undefined,
    isOpenFor: (element) => {
      const stanza = readStanza(element);
      return stanza === undefined || (isFree(stanza, rules) && !isNews(stanza));
    },
    prepare: async (element) => {
      const stanza = readStanza(element);
      if (stanza === undefined) return;
      await rules.conversations.look(isFree(stanza, rules) ? [] : conversationsOf(stanza, rules));
      // Before it is judged: with the first ciphertext nothing readable may leave any more.
      if (isNews(stanza)) await note(stanza);
    },
    decide: (element) => {
      const stanza = readStanza(element);
      const verdict = stanza && judge(stanza, rules);
      if (stanza === undefined || verdict === undefined) return element;
      const bare = withoutEcho(stanza);
      if (bare !== undefined && judge(bare, rules) === undefined) {
        return fromXmlElement(bare.source);
      }
      object(verdict);
      return element;
    },
    decideBytes: (data) => verdictsOn(data, rules).forEach(object),
  };
}

/** `undefined` for what only concerns the stream. */
function readStanza(element: XmppElement): QualifiedElement | undefined {
  const stanza = qualify(toXmlElement(element));
  return stanzaName(stanza) === undefined ? undefined : stanza;
}

function verdictsOn(data: unknown, rules: Rules): readonly Verdict[] {
  const elements = elementsIn(data);
  if (elements === undefined) {
    const nobody = { conversation: undefined, stanza: undefined, parts: [] };
    return isInUse(rules) ? [{ reason: "raw-bytes", ...nobody }] : [];
  }
  const stanzas = elements.filter((element) => stanzaName(element) !== undefined);
  return stanzas.flatMap((stanza) => judge(stanza, rules) ?? []);
}

/**
 * A refusal without what it refuses, which xmpp.js repeats in its answers to requests that nobody
 * handles (RFC 6120 §8.3.1); `undefined` for any other stanza.
 */
function withoutEcho({ source, ...stanza }: QualifiedElement): QualifiedElement | undefined {
  if (stanza.name !== "iq" || stanza.attrs.type !== "error") return undefined;
  const errors = elementsOf({ source, ...stanza }).filter(({ name }) => name === "error");
  return qualify({ ...source, children: errors.map((error) => error.source) });
}
