import { LEGACY, OMEMO_2, type StoredRecord, toHex, type XmlElement } from "@omemo/core";
import { GENERATION_NODE } from "@omemo/core/wire";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type Party, party } from "../../src/network/party.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

/** What a server can do to one text or attribute. */
const MUTATIONS: readonly ((value: string, random: SeededRandom) => string)[] = [
  () => "",
  () => "0",
  () => "-1",
  () => "4294967295",
  () => "99999999999999999999",
  () => "!!! not base64 !!!",
  () => "AAAA",
  () => "&amp;<x/>",
  (value) => value.slice(0, Math.floor(value.length / 2)),
  (value) => value + value,
  (value) => `${value.slice(0, -6)}AAAAA=`,
  (value, random) => {
    const at = random.below(Math.max(1, value.length - 4));
    return `${value.slice(0, at)}${value[at] === "B" ? "C" : "B"}${value.slice(at + 1)}`;
  },
  () => "A".repeat(200_000),
];

/** One thing in the tree changed, doubled, removed or renamed. */
function mutate(element: XmlElement, random: SeededRandom): XmlElement {
  const { children } = element;
  const names = Object.keys(element.attrs);
  if (names.length > 0 && random.chance(0.2)) {
    const name = random.pick(names);
    const value = random.pick(MUTATIONS)(element.attrs[name] ?? "", random);
    if (random.chance(0.3)) {
      const { [name]: _, ...rest } = element.attrs;
      return { ...element, attrs: rest };
    }
    return { ...element, attrs: { ...element.attrs, [name]: value } };
  }
  if (children.length === 0) return { ...element, name: `${element.name}x` };
  const index = random.below(children.length);
  const child = children[index] as XmlElement | string;
  const before = children.slice(0, index);
  const after = children.slice(index + 1);
  if (typeof child === "string") {
    const text = random.pick(MUTATIONS)(child, random);
    return { ...element, children: [...before, text, ...after] };
  }
  const choice = random.float();
  if (choice < 0.1) return { ...element, children: [...before, ...after] };
  if (choice < 0.2) return { ...element, children: [...before, child, child, ...after] };
  return { ...element, children: [...before, mutate(child, random), ...after] };
}

/** The OMEMO element of a stanza, mutated; the rest stays as it is. */
function mutateEncrypted(stanza: XmlElement, random: SeededRandom): XmlElement {
  const children = stanza.children.map((child) =>
    typeof child !== "string" && child.name === "encrypted" ? mutate(child, random) : child,
  );
  return { ...stanza, children };
}

/** Ratchets, prekeys, identities, messages: all that a refused message must not touch. */
function ratchetState(guest: Guest): string {
  const kept = [
    "session",
    "session-part",
    "prekey",
    "signed-prekey",
    "device",
    "inbox",
    "exchange",
  ];
  return guest.device.disk
    .records()
    .filter(({ key }) => kept.includes(key[0]))
    .map(({ key, value }: StoredRecord) => `${key.join("/")} ${toHex(value)}`)
    .sort()
    .join("\n");
}

/** The server gives Bob this stanza, of any size and shape, in place of a harmless one from Alice. */
async function push({ world }: Party, stanza: XmlElement): Promise<void> {
  const { to: _, ...attrs } = stanza.attrs;
  world.network.behaviour = {
    push: (event, to) =>
      event.kind === "message" && to.account === BOB
        ? [{ ...event, stanza: { ...stanza, attrs: { ...attrs, from: `${ALICE}/x`, to: BOB } } }]
        : [event],
  };
  const injector = world.network.connect(ALICE, "injector");
  await world.runFor(1000);
  const body = { name: "body", attrs: {}, children: ["x"] };
  const harmless = { name: "message", attrs: { to: BOB, type: "chat" }, children: [body] };
  await world.complete(injector.send(harmless));
  await world.runFor(1000);
  world.network.behaviour = {};
  await world.runFor(20_000);
  injector.logOut();
}

describe.each([OMEMO_2, LEGACY] as const)("hostile messages of %s", (version) => {
  it.each(["key exchange", "ratchet message"])(
    "a mutated %s is refused with a reason and changes nothing [O2-133] (invariants 3 and 12)",
    { timeout: 120_000 },
    async (kind) => {
      const scene = party(`hostile ${version} ${kind}`);
      // Else a new session follows, of our own will [L-78].
      const options = { versions: [version], repairLegacySessions: false };
      const alice = scene.guest(ALICE, "phone", options);
      const bob = scene.guest(BOB, "phone", options);
      await scene.settle();
      if (kind === "ratchet message") await scene.say(alice, BOB, "hello");
      const { stanzas } = await scene.world.complete(alice.manager.encrypt(BOB, "the real one"));
      const [stanza] = stanzas as readonly [XmlElement];
      const random = seededRandom(`${version} ${kind}`);
      const image = bob.device.disk.image();
      const before = ratchetState(bob);
      let refused = 0;
      for (let index = 0; index < 150; index += 1) {
        const heard = bob.messages.length + bob.controls.length;
        const failures = bob.failures.length;
        await push(scene, mutateEncrypted(stanza, random.fork(String(index))));
        if (bob.messages.length + bob.controls.length > heard) {
          // Nothing that counts was changed, or the payload of a legacy message was taken away,
          // which nothing binds to the key. Back to the start.
          bob.device.crash();
          bob.device.disk.restore(image);
          // Else it is noticed, and no session of the image is gone on with.
          scene.world.network.account(BOB).pep.nodes.delete(GENERATION_NODE);
          await scene.settle();
          continue;
        }
        if (bob.failures.length > failures) refused += 1;
        expect(ratchetState(bob), `mutation ${index}`).toBe(before);
      }
      expect(refused).toBeGreaterThan(50);
      // After all that the unaltered message is still readable [O2-78, L-61].
      const { length } = bob.messages;
      await push(scene, stanza);
      expect(bob.texts.slice(length)).toEqual(["the real one"]);
    },
  );

  it("a copy is silent [O2-132, L-75]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone", { versions: [version] });
    const bob = scene.guest(BOB, "phone", { versions: [version] });
    await scene.settle();
    const { stanzas } = await scene.world.complete(alice.manager.encrypt(BOB, "once"));
    for (let copies = 0; copies < 4; copies += 1) await push(scene, stanzas[0] as XmlElement);
    expect(bob.texts).toEqual(["once"]);
    expect(bob.failures).toEqual([]);
  });

  it("a message whose payload was taken away is not an empty one [O2-78]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone", { versions: [version] });
    const bob = scene.guest(BOB, "phone", { versions: [version] });
    await scene.settle();
    const { stanzas } = await scene.world.complete(alice.manager.encrypt(BOB, "text"));
    const stanza = stanzas[0] as XmlElement;
    const before = ratchetState(bob);
    await push(scene, {
      ...stanza,
      children: stanza.children.map((child) =>
        typeof child === "string" || child.name !== "encrypted"
          ? child
          : {
              ...child,
              children: child.children.filter((each) => {
                return typeof each === "string" || each.name !== "payload";
              }),
            },
      ),
    });
    expect(bob.texts).toEqual([]);
    if (version === OMEMO_2) {
      expect(bob.failures.map(({ reason }) => reason)).toEqual(["payload-missing"]);
      expect(ratchetState(bob)).toBe(before);
    }
  });

  it("ten thousand keys in one header cost little and harm nobody (invariant 11)", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone", { versions: [version] });
    const bob = scene.guest(BOB, "phone", { versions: [version] });
    await scene.settle();
    const { stanzas } = await scene.world.complete(alice.manager.encrypt(BOB, "text"));
    const text = JSON.stringify(stanzas[0]);
    const key = /\{"name":"key".*?\]\}/.exec(text)?.[0] ?? "";
    const flood = Array(10_000)
      .fill(key.replace(/"rid":"\d+"/, '"rid":"1"'))
      .join(",");
    const before = ratchetState(bob);
    await push(scene, JSON.parse(text.replace(key, `${flood},${key}`)));
    expect(ratchetState(bob)).toBe(before);
    expect(bob.failures.length + bob.texts.length).toBeLessThanOrEqual(1);
    await push(scene, stanzas[0] as XmlElement);
    expect(bob.texts).toEqual(["text"]);
  });
});

describe("the envelope of OMEMO 2", () => {
  it("binds the sender: a recipient cannot pass a message on under its own name [O2-92, SCE-15, O2-79]", async () => {
    const scene = party();
    const alice = scene.guest(ALICE, "phone", { versions: [OMEMO_2] });
    const bob = scene.guest(BOB, "phone", { versions: [OMEMO_2] });
    await scene.settle();
    // Alice writes to Carol and to Bob at once; the server tells Bob that it went to him alone.
    const carol = scene.guest("carol@example.org", "phone", { versions: [OMEMO_2] });
    await scene.settle();
    const encrypting = alice.manager.encrypt(["carol@example.org", BOB], "for carol and bob");
    const { stanzas } = await scene.world.complete(encrypting);
    const before = ratchetState(bob);
    await push(scene, stanzas[0] as XmlElement);
    expect(bob.failures.map(({ reason }) => reason)).toEqual(["affix-mismatch"]);
    expect(ratchetState(bob)).toBe(before);
    expect(carol.texts).toEqual([]);
  });
});
