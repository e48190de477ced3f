import { equalBytes, LEGACY, type OmemoBackend, type Opened, toHex } from "@omemo/core";
import { decodePreKeySignalMessage, readKeyHeader } from "@omemo/core/wire";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { Device, type Letter } from "../support/device.ts";
import { Ledger, type Sent } from "./ledger.ts";

/** One of the two, and what is on its way to it. */
interface Side {
  readonly device: Device;
  readonly ledger: Ledger;
  readonly incoming: Posted[];
}

interface Posted extends Letter, Sent {
  readonly plaintext: Uint8Array;
}

/** How often each thing happened: a run in which nothing happens proves nothing. */
export interface Tally {
  readonly steps: number;
  readonly sent: number;
  readonly opened: number;
  readonly repeated: number;
  readonly lost: number;
  readonly forged: number;
  readonly sessions: number;
  readonly forgotten: number;
}

const MOST_UNDER_WAY = 400;

/**
 * A random conversation between two devices on different backends, with loss, repetition, letters
 * out of order, forgeries, and sessions that are replaced and cross. After every step what came
 * out is compared with what must come out by the rules.
 *
 * @throws Error that names the seed and the step. The schedule is the seed's alone; keys are not.
 */
export async function converse(
  backends: readonly [OmemoBackend, OmemoBackend],
  seed: string,
  steps: number,
): Promise<Tally> {
  const run = new Conversation(seededRandom(seed), [
    await side(backends[0]),
    await side(backends[1]),
  ]);
  for (let step = 0; step < steps + 1; step += 1) {
    try {
      if (step < steps) await run.step();
      else await run.finish();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const again = `again with: pnpm test:differential --seed ${seed}`;
      throw new Error(`seed ${seed}, step ${step}: ${why}; ${again}`, { cause: error });
    }
  }
  return { steps, ...run.tally };
}

async function side(backend: OmemoBackend): Promise<Side> {
  return { device: await Device.create(backend), ledger: new Ledger(), incoming: [] };
}

class Conversation {
  readonly tally = {
    sent: 0,
    opened: 0,
    repeated: 0,
    lost: 0,
    forged: 0,
    sessions: 0,
    forgotten: 0,
  };
  readonly #random: SeededRandom;
  readonly #sides: readonly [Side, Side];

  constructor(random: SeededRandom, sides: readonly [Side, Side]) {
    this.#random = random;
    this.#sides = sides;
  }

  async step(): Promise<void> {
    const random = this.#random;
    const [from, to] = random.shuffle(this.#sides) as [Side, Side];
    const what = random.below(1000);
    if (from.ledger.current === undefined && what < 450) await this.#begin(from, to);
    else if (what < 8) await this.#begin(from, to);
    else if (what < 12) await this.#cross(from, to);
    else if (what < 13) await this.#write(from, to, 100 + random.below(300));
    else if (what < 330) await this.#write(from, to, 1 + random.below(4));
    else if (what < 360) this.#lose(to);
    else if (what < 420) await this.#forge(to);
    else await this.#deliver(to, random.chance(0.15));
    if (to.incoming.length > MOST_UNDER_WAY) this.#lose(to);
  }

  /** Everything arrives, and then they talk in turn: whatever happened, they still can. */
  async finish(): Promise<void> {
    const [alice, bob] = this.#sides;
    if (alice.ledger.current === undefined) await this.#begin(alice, bob);
    for (const each of this.#sides)
      while (each.incoming.length > 0) await this.#deliver(each, false);
    if (bob.ledger.current === undefined) await this.#begin(bob, alice);
    for (let turn = 0; turn < 8; turn += 1) {
      const [from, to] = turn % 2 === 0 ? [alice, bob] : [bob, alice];
      await this.#write(from, to, 1);
      await this.#deliver(to, false);
    }
    const [one, other] = [alice.ledger.current, bob.ledger.current];
    if (one !== other) throw new Error(`they ended in sessions ${one} and ${other}`);
  }

  async #begin(from: Side, to: Side): Promise<void> {
    await from.device.initiate(await to.device.bundle(this.#random.chance(0.9)));
    this.tally.sessions += 1;
    from.ledger.use(this.tally.sessions);
    await this.#write(from, to, 1);
  }

  /** Both begin a session before either hears of the other's [W-87]. */
  async #cross(from: Side, to: Side): Promise<void> {
    await this.#begin(from, to);
    await this.#begin(to, from);
  }

  async #write(from: Side, to: Side, count: number): Promise<void> {
    const session = from.ledger.current;
    if (session === undefined) return;
    for (let written = 0; written < count; written += 1) {
      const plaintext = this.#random.bytes(this.#random.below(80));
      const letter = await from.device.seal(plaintext);
      to.incoming.push({ ...letter, ...headerOf(letter), session, plaintext });
      this.tally.sent += 1;
    }
  }

  /** Any of the letters under way, usually one of the oldest; it may stay there to come again. */
  async #deliver(to: Side, comesAgain: boolean): Promise<void> {
    const index = this.#pick(to);
    const letter = to.incoming[index];
    if (letter === undefined) return;
    if (!comesAgain) to.incoming.splice(index, 1);
    const expected = to.ledger.expect(letter);
    const isNew = !to.ledger.knows(letter.session);
    const before = to.device.head;
    const answer = await to.device.open(letter);
    if (answer.kind === "opened") {
      if (expected === "repeats") throw new Error("a letter was opened twice");
      this.#check(to, letter, answer, isNew);
      to.ledger.open(letter);
      this.tally.opened += 1;
      return;
    }
    if (to.device.head !== before) throw new Error("a refused letter changed the session");
    if (expected === "opens") throw new Error(`a letter was refused as ${answer.reason}`);
    if (expected === "either") this.tally.forgotten += 1;
    else if (answer.reason !== "duplicate") throw new Error(`a repetition is ${answer.reason}`);
    else this.tally.repeated += 1;
  }

  #check(to: Side, letter: Posted, answer: Opened, isNew: boolean): void {
    const [peer] = this.#sides.filter((each) => each !== to) as [Side];
    const exchange = letter.isKeyExchange ? decodePreKeySignalMessage(letter.bytes) : undefined;
    const hasPreKey = exchange?.kind === "prekey-signal-message" && exchange.preKeyId !== undefined;
    const wrong = [
      equalBytes(answer.plaintext, letter.plaintext) ? [] : ["plaintext"],
      equalBytes(answer.identityKey, peer.device.identity.publicKey) ? [] : ["identity"],
      equalBytes(answer.ratchetKey, letter.ratchetKey) ? [] : ["ratchet key"],
      answer.counter === letter.counter ? [] : ["counter"],
      answer.isNewSession === isNew ? [] : ["newness of the session"],
      answer.usedPreKey === (isNew && hasPreKey) ? [] : ["use of a prekey"],
    ].flat();
    if (wrong.length > 0) throw new Error(`another ${wrong.join(", ")} came out`);
  }

  /** A letter with one byte changed opens nothing that it should not, and spoils nothing. */
  async #forge(to: Side): Promise<void> {
    const letter = to.incoming[this.#pick(to)];
    if (letter === undefined) return;
    const at = this.#random.below(letter.bytes.length);
    const mask = 1 + this.#random.below(255);
    const bytes = letter.bytes.map((byte, index) => (index === at ? byte ^ mask : byte));
    const answer = await to.device.attempt({ ...letter, bytes });
    this.tally.forged += 1;
    // A few bytes of a wrapper have no meaning; then it must be the letter and nothing else.
    if (answer.kind === "refused") return;
    if (!letter.isKeyExchange || !equalBytes(answer.plaintext, letter.plaintext)) {
      throw new Error(`a forgery was opened: byte ${at} of ${toHex(letter.bytes)} by ${mask}`);
    }
  }

  #lose(to: Side): void {
    this.tally.lost += to.incoming.splice(this.#pick(to), 1).length;
  }

  #pick(to: Side): number {
    const { length } = to.incoming;
    if (length === 0) return 0;
    return this.#random.chance(0.6) ? 0 : this.#random.below(length);
  }
}

function headerOf({ bytes, isKeyExchange }: Letter): Pick<Sent, "ratchetKey" | "counter"> {
  if (bytes[0] !== 0x33) throw new Error("another first byte than peers read");
  const exchange = isKeyExchange ? decodePreKeySignalMessage(bytes) : undefined;
  if (exchange?.kind === "malformed") throw new Error("an exchange cannot be read");
  const header = readKeyHeader(LEGACY, exchange?.message ?? bytes, false);
  if (header.kind !== "ratchet") throw new Error("a message cannot be read");
  return header;
}
