import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backendOf, KINDS } from "./support/backends.js";
import { conversation, type Device, opened, reasonOf } from "./support/device.js";

const versions: readonly OmemoVersion[] = [LEGACY, OMEMO_2];
const cases = KINDS.flatMap((kind) => versions.map((version) => [kind, version] as const));

interface Move {
  readonly by: 0 | 1;
  readonly kind: "send" | "deliver" | "lose" | "repeat";
  /** Which of the messages under way, or of those delivered. */
  readonly pick: number;
}

const moves = fc.array(
  fc.record<Move>({
    by: fc.constantFrom(0, 1),
    kind: fc.constantFrom("send", "send", "deliver", "deliver", "deliver", "lose", "repeat"),
    pick: fc.nat(1000),
  }),
  { minLength: 20, maxLength: 120 },
);

interface Sent {
  readonly plaintext: Uint8Array;
  readonly message: Uint8Array;
}

/** Plays moves; answers how many messages were delivered. */
async function play(devices: readonly [Device, Device], script: readonly Move[]): Promise<number> {
  const underWay: [Sent[], Sent[]] = [[], []];
  const delivered: [Sent[], Sent[]] = [[], []];
  let count = 0;
  for (const { by, kind, pick } of script) {
    const own = devices[by];
    const inbox = underWay[by];
    const index = pick % Math.max(1, inbox.length);
    const next = inbox[index];
    if (kind === "send") {
      count += 1;
      const plaintext = new Uint8Array(48).fill(count & 0xff);
      underWay[1 - by]?.push({ plaintext, message: await own.send(plaintext) });
    } else if (kind === "repeat") {
      const seen = delivered[by][pick % Math.max(1, delivered[by].length)];
      if (seen === undefined) continue;
      const before = own.session.dump();
      expect((await own.decrypt(seen.message)).kind).toBe("refused");
      expect(own.session.dump()).toBe(before);
    } else if (next !== undefined) {
      inbox.splice(index, 1);
      if (kind === "lose") continue;
      expect(opened(await own.decrypt(next.message)).plaintext).toEqual(next.plaintext);
      delivered[by].push(next);
    }
  }
  return delivered[0].length + delivered[1].length;
}

describe.each(cases)("a conversation on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  it("opens every message once, in whatever order, with losses and repeats [O2-65, W-80]", async () => {
    let total = 0;
    await fc.assert(
      fc.asyncProperty(moves, async (script) => {
        const [alice, bob] = await conversation(backend, version);
        // Four chains back is what the legacy version keeps: shorter scripts never go further.
        total += await play([alice, bob], version === LEGACY ? withoutChains(script) : script);
      }),
      { numRuns: kind === "native" ? 25 : 5 },
    );
    expect(total).toBeGreaterThan(0);
  });

  it("keeps its head small however long it lasts", async () => {
    const [alice, bob] = await conversation(backend, version);
    let longest = 0;
    const rounds = kind === "native" ? 1000 : 60;
    for (let round = 0; round < rounds; round += 1) {
      const sender = round % 7 < 4 ? alice : bob;
      const receiver = sender === alice ? bob : alice;
      opened(await receiver.decrypt(await sender.send()));
      const heads = [alice.session.load().head.length, bob.session.load().head.length];
      longest = Math.max(longest, ...heads);
    }
    expect(longest).toBeLessThanOrEqual(300);
    expect(alice.session.parts.size).toBeLessThanOrEqual(4);
  });
});

/** The script with a limit on how often the direction of sending changes. */
function withoutChains(script: readonly Move[]): readonly Move[] {
  let changes = 0;
  let sender: number | undefined;
  return script.filter(({ by, kind }) => {
    if (kind !== "send") return true;
    if (sender !== by) changes += 1;
    sender = by;
    return changes <= 8;
  });
}

describe.each(versions)("sessions of %s", (version) => {
  it("may change between both kinds of primitives at any message", async () => {
    const [noble, native] = [backendOf("noble"), backendOf("native")];
    const [alice, bob] = await conversation(native, version);
    for (let round = 0; round < 6; round += 1) {
      const backend = round % 2 === 0 ? noble : native;
      const [sealed] = await backend.encryptFor([alice.session.load()], new Uint8Array(48));
      if (sealed === undefined) throw new Error("nothing was sealed");
      alice.session.apply(sealed.change);
      const answer = await native.decrypt(bob.session.load(), sealed.message);
      const same = await noble.decrypt(bob.session.load(), sealed.message);
      expect([answer.kind, same.kind]).toEqual(["opened", "opened"]);
      if (answer.kind === "opened") bob.session.apply(answer.change);
      opened(await alice.decrypt(await bob.send()));
    }
  });

  it("are the same bytes on both kinds of primitives, given the same randomness", async () => {
    const dumps: string[] = [];
    for (const kind of KINDS) {
      let counter = 0;
      const randomBytes = (length: number) => {
        counter += 1;
        return new Uint8Array(length).map((_, index) => (counter * 31 + index * 7) & 0xff);
      };
      const [alice, bob] = await conversation(backendOf(kind, { randomBytes }), version);
      for (let round = 0; round < 3; round += 1) {
        opened(await bob.decrypt(await alice.send()));
        opened(await alice.decrypt(await bob.send()));
      }
      dumps.push(alice.session.dump(), bob.session.dump());
    }
    expect(dumps.slice(0, 2)).toEqual(dumps.slice(2));
  });

  it("survive ten thousand steps in one direction", async () => {
    const [alice, bob] = await conversation(backendOf("native"), version);
    for (let step = 0; step < 10_000; step += 1) opened(await bob.decrypt(await alice.send()));
    const last = await alice.send();
    expect(opened(await bob.decrypt(last)).counter).toBe(10_000);
    expect(reasonOf(await bob.decrypt(last))).toBe("duplicate");
    expect(alice.session.load().head.length).toBeLessThanOrEqual(300);
  });
});
