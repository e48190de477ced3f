import { nobleBackend } from "@omemo/backend-noble";
import { OMEMO_2, type OmemoBackend, type XmlElement } from "@omemo/core";
import { countingBackend, hideDevice, type SimulatedDisk, tamper, withhold } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { type Guest, type GuestOptions, type Party, party } from "../../src/network/party.js";
import { spoilKeys } from "../../src/network/spoilKeys.js";
import { requireSilentTrace } from "../../src/secrets/requireSilence.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const FOLLOWED = 120_000;
const JUMP = 3;

type Line = Readonly<Record<string, unknown>> & { readonly line: string };

/** Alice writes to Bob, whose device keeps a trace. */
interface Scene extends Party {
  readonly alice: Guest;
  readonly bob: Guest;
}

const options: GuestOptions = {
  versions: [OMEMO_2],
  backend: (randomBytes) => countingBackend({ randomBytes }),
};
const longJumps = (randomBytes: (length: number) => Uint8Array): OmemoBackend =>
  nobleBackend({ randomBytes });
const shortJumps: typeof longJumps = (randomBytes) =>
  nobleBackend({ randomBytes, limits: { [OMEMO_2]: { jump: JUMP } } });

async function scene(
  name: string,
  hers: GuestOptions = {},
  his: GuestOptions = {},
): Promise<Scene> {
  const at = party(`trace ${name}`);
  const alice = at.guest(ALICE, "phone", { ...options, ...hers });
  const bob = at.guest(BOB, "phone", { ...options, ...his, isTraced: true });
  await at.settle();
  await at.say(alice, BOB, "hello from alice");
  await at.say(bob, ALICE, "hello from bob");
  await at.world.runFor(FOLLOWED);
  return { ...at, alice, bob };
}

/** As if these records had been lost. */
function forget(disk: SimulatedDisk, ...collections: readonly string[]): void {
  disk.restore(new Map([...disk.image()].filter(([, { key }]) => !collections.includes(key[0]))));
}

/** What went wrong with the messages of others on a device, by its trace alone. */
function tellWhy(trace: string): string {
  const lines = trace
    .trim()
    .split("\n")
    .map((line): Line => JSON.parse(line));
  const last = (kind: string) => lines.filter(({ line }) => line === kind).at(-1);
  const [failure, rollback] = [last("failure"), last("state-rolled-back")];
  const refused = lines.filter(({ line, outcome }) => line === "attempt" && outcome !== "opened");
  const attempt = refused.at(-1);
  if (rollback !== undefined) return `the state was ${rollback.state}, so: ${failure?.reason}`;
  if (attempt?.outcome === "duplicate") return "it was read before";
  if (attempt?.outcome === "too-many-skipped") {
    const isSame = ({ line, device }: Line) => line === "session" && device === attempt.device;
    const counters = lines.find(isSame)?.counters as { readonly received: number } | undefined;
    return `${Number(attempt.counter) - (counters?.received ?? 0)} messages of the chain are missing`;
  }
  if (attempt !== undefined) return `a ${attempt.message} met ${attempt.outcome}`;
  if (failure?.reason === "not-for-this-device") return "it has no key for this device";
  if (failure !== undefined) return `its key opened, but: ${failure.reason}`;
  return last("identity")?.isChangedKey === true ? "the sender has another key" : "all was read";
}

/** Each makes one message unreadable for Bob. */
const CAUSES: Readonly<Record<string, () => Promise<Scene>>> = {
  "all was read": () => scene("nothing"),
  "a ratchet met no-session": async () => {
    const at = await scene("no session");
    at.bob.device.crash();
    forget(at.bob.device.disk, "session", "session-part");
    await at.settle();
    await at.say(at.alice, BOB, "unreadable");
    return at;
  },
  "it was read before": async () => {
    const at = await scene("duplicate");
    at.world.network.behaviour = {
      push: (event, { account }) =>
        event.kind === "message" && account === BOB ? [event, event] : [event],
    };
    await at.say(at.alice, BOB, "said twice");
    return at;
  },
  "a ratchet met not-authentic": async () => {
    const at = await scene("spoilt");
    at.world.network.behaviour = tamper(spoilKeys);
    await at.say(at.alice, BOB, "unreadable");
    return at;
  },
  "4 messages of the chain are missing": async () => {
    const at = await scene("gap", { backend: longJumps }, { backend: shortJumps });
    await at.say(at.alice, BOB, "first of the chain");
    at.world.network.behaviour = withhold(() => true);
    for (let lost = 0; lost < JUMP + 1; lost += 1) await at.say(at.alice, BOB, `lost ${lost}`);
    at.world.network.behaviour = {};
    await at.say(at.alice, BOB, "unreadable");
    return at;
  },
  "a key-exchange met no-prekey": () => underLostKeys("prekey"),
  "a key-exchange met no-signed-prekey": () => underLostKeys("signed-prekey"),
  "it has no key for this device": async () => {
    const at = await scene("hidden device");
    at.world.network.behaviour = hideDevice(at.bob.omemo.jid, at.bob.omemo.deviceId);
    const other = at.guest(BOB, "tablet", options);
    await at.settle();
    await at.world.complete(at.alice.manager.requestDeviceListUpdateFor(BOB));
    await at.say(at.alice, BOB, "for the tablet alone");
    expect(other.texts).toContain("for the tablet alone");
    return at;
  },
  "the sender has another key": async () => {
    const at = await scene("new key");
    const { deviceId } = at.alice.omemo;
    await at.world.complete(at.alice.manager.purgeEverything());
    at.alice.device.stop();
    const anew = at.guest(ALICE, "phone anew", { ...options, deviceId });
    await at.world.run(() => anew.isReady());
    await at.world.complete(anew.manager.sendMessage(BOB, "said under another key"));
    await at.world.runFor(FOLLOWED);
    return at;
  },
  "its key opened, but: payload-refused": async () => {
    const at = await scene("spoilt payload");
    at.world.network.behaviour = tamper(spoilPayload);
    await at.say(at.alice, BOB, "unreadable");
    return at;
  },
  "the state was rolled-back, so: no-session": async () => {
    const at = await scene("rollback");
    const image = at.bob.device.disk.image();
    await at.say(at.bob, ALICE, "lost");
    await at.world.runFor(FOLLOWED);
    at.bob.device.connection?.goOffline();
    await at.world.complete(at.alice.manager.sendMessage(BOB, "to the dead session"));
    at.bob.device.crash();
    at.bob.device.disk.restore(image);
    await at.settle();
    return at;
  },
};

/** Alice begins with a prekey that Bob has lost by the time her message comes. */
async function underLostKeys(collection: string): Promise<Scene> {
  const at = party(`trace lost ${collection}`);
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB, "phone", { ...options, isTraced: true });
  await at.settle();
  const { stanzas } = await at.world.complete(alice.manager.encrypt(BOB, "under lost keys"));
  bob.device.crash();
  forget(bob.device.disk, collection);
  await at.settle();
  await at.world.complete(alice.manager.resend(stanzas));
  await at.settle();
  return { ...at, alice, bob };
}

function spoilPayload(stanza: XmlElement): XmlElement {
  const isPayload = stanza.name === "payload";
  return {
    ...stanza,
    children: stanza.children.map((child) => {
      if (typeof child !== "string") return spoilPayload(child);
      return isPayload ? child.replace(/^./, (first) => (first === "A" ? "B" : "A")) : child;
    }),
  };
}

describe("a trace alone tells", () => {
  it.each(Object.entries(CAUSES))("%s, and no secret (invariant 12)", async (why, happen) => {
    const { alice, bob } = await happen();
    const trace = await bob.writeTrace();
    expect(tellWhy(trace)).toBe(why);
    const texts = ["hello from", "unreadable", "said twice", "under lost keys", "dead session"];
    const records = [...bob.device.disk.records(), ...alice.device.disk.records()];
    requireSilentTrace(trace, { records, texts });
    const whole = `${trace}${JSON.stringify(bob.omemo)}`;
    expect(() => requireSilentTrace(whole, { records, texts })).toThrow(/an address/);
  });
});
