import { toHex } from "@omemo/core";

/** A letter as its sender knows it. */
export interface Sent {
  /** The session that it was written in; numbered from 1. */
  readonly session: number;
  readonly ratchetKey: Uint8Array;
  readonly counter: number;
}

/** What must come of a letter that arrives unaltered. */
export type Expectation = "opens" | "repeats" | "either";

/** Sessions kept for receiving beside the current one [W-85]. */
const ARCHIVED_SESSIONS = 40;
/** Receiving chains of a session; an initiator never hears anything in its first one [W-83]. */
const CHAINS = 4;

/** What one side must have in its hands by the rules, found without looking at any session. */
export class Ledger {
  /** Newest first; the first one is what it sends in. */
  #sessions: readonly number[] = [];
  /** Ratchet keys that it has heard, oldest first, by session. */
  readonly #chains = new Map<number, readonly string[]>();
  readonly #opened = new Set<string>();

  get current(): number | undefined {
    return this.#sessions[0];
  }

  knows(session: number): boolean {
    return this.#sessions.includes(session);
  }

  /** It begins a session, or opened a letter of this one: from now on it sends in it [W-81, W-86]. */
  use(session: number): void {
    this.#sessions = [session, ...this.#sessions.filter((each) => each !== session)];
  }

  expect(letter: Sent): Expectation {
    const place = this.#sessions.indexOf(letter.session);
    const chains = this.#chains.get(letter.session) ?? [];
    const chain = chains.indexOf(toHex(letter.ratchetKey));
    const isForgotten =
      place > ARCHIVED_SESSIONS || (chain !== -1 && chain < chains.length - CHAINS);
    if (isForgotten) return "either";
    return this.#opened.has(nameOf(letter)) ? "repeats" : "opens";
  }

  wasOpened(letter: Sent): boolean {
    return this.#opened.has(nameOf(letter));
  }

  open(letter: Sent): void {
    this.use(letter.session);
    this.#opened.add(nameOf(letter));
    const chains = this.#chains.get(letter.session) ?? [];
    const chain = toHex(letter.ratchetKey);
    if (!chains.includes(chain)) this.#chains.set(letter.session, [...chains, chain]);
  }
}

function nameOf({ ratchetKey, counter }: Sent): string {
  return `${toHex(ratchetKey)} ${counter}`;
}
