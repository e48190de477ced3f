import { LEGACY, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { inspectSession } from "../src/testing.js";
import { backendOf, KINDS } from "./support/backends.js";
import { conversation, type Device, opened, reasonOf } from "./support/device.js";

const cases = KINDS.flatMap((kind) => [[kind, LEGACY] as const, [kind, OMEMO_2] as const]);

async function sendMany(device: Device, count: number): Promise<readonly Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for (let sent = 0; sent < count; sent += 1) messages.push(await device.send());
  return messages;
}

function heldOf(device: Device): number {
  const { receiving } = inspectSession(device.session.loadAll());
  return receiving.reduce((sum, { held }) => sum + held.length, 0);
}

describe.each(cases)("skipped keys on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  it("open late messages in any order, each once [O2-65]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const messages = await sendMany(alice, 100);
    opened(await bob.decrypt(messages[99] as Uint8Array));
    const order = Array.from({ length: 99 }, (_, index) => (index * 37) % 99);
    for (const index of order) {
      expect(opened(await bob.decrypt(messages[index] as Uint8Array)).counter).toBe(index);
      expect(reasonOf(await bob.decrypt(messages[index] as Uint8Array))).toBe("duplicate");
    }
    expect([...bob.session.parts.keys()].filter((name) => name.includes("keys"))).toEqual([]);
    expect(heldOf(bob)).toBe(0);
  });

  it("cost nothing while messages arrive in order, however many are held", async () => {
    const [alice, bob] = await conversation(backend, version);
    const count = version === LEGACY ? 1990 : 990;
    await sendMany(alice, count);
    opened(await bob.decrypt(await alice.send()));
    expect(heldOf(bob)).toBe(count);
    for (let round = 0; round < 3; round += 1) {
      opened(await bob.decrypt(await alice.send()));
      expect(bob.session.rounds).toEqual([]);
      expect(bob.session.bytesWritten).toBeLessThanOrEqual(300);
    }
  });

  it("make one late message load and write little", async () => {
    const [alice, bob] = await conversation(backend, version);
    const messages = await sendMany(alice, 990);
    opened(await bob.decrypt(await alice.send()));
    opened(await bob.decrypt(messages[500] as Uint8Array));
    expect(bob.session.rounds.map(({ length }) => length)).toEqual([1, 1]);
    expect(bob.session.bytesWritten).toBeLessThan(2500);
  });

  it("are erased from storage once they are used [O2-65]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const messages = await sendMany(alice, 3);
    opened(await bob.decrypt(messages[2] as Uint8Array));
    const name = [...bob.session.parts.keys()].find((each) => each.includes("keys")) as string;
    const before = (bob.session.parts.get(name) as Uint8Array).slice();
    opened(await bob.decrypt(messages[0] as Uint8Array));
    const after = bob.session.parts.get(name) as Uint8Array;
    expect(after.subarray(0, 32)).toEqual(new Uint8Array(32));
    expect(after.subarray(32)).toEqual(before.subarray(32));
  });

  it("survive new chains of the peer, and those chains their late messages [O2-64, W-78]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const [early, last, ...rest] = await sendMany(alice, 2);
    expect(rest).toEqual([]);
    const next: Uint8Array[] = [];
    for (let step = 0; step < 3; step += 1) {
      opened(await alice.decrypt(await bob.send()));
      next.push(await alice.send());
      opened(await bob.decrypt(next[step] as Uint8Array));
    }
    opened(await bob.decrypt(last as Uint8Array));
    opened(await bob.decrypt(early as Uint8Array));
    expect(reasonOf(await bob.decrypt(early as Uint8Array))).toBe("duplicate");
  });

  it("are held up to the limit, the oldest forgotten first [O2-59, W-83, O2-58]", async () => {
    const small = backendOf(kind, { limits: { [version]: { heldKeys: 10 } } });
    const [alice, bob] = await conversation(small, version);
    const messages = await sendMany(alice, 31);
    for (const index of [8, 14, 30]) opened(await bob.decrypt(messages[index] as Uint8Array));
    expect(heldOf(bob)).toBe(10);
    for (const index of [0, 7, 13, 19]) {
      expect(reasonOf(await bob.decrypt(messages[index] as Uint8Array))).toBe("duplicate");
    }
    for (const index of [20, 25, 29]) opened(await bob.decrypt(messages[index] as Uint8Array));
    expect(heldOf(bob)).toBe(7);
  });

  it("count by jumps that are allowed, not by those that are tried [O2-60, W-84]", async () => {
    const strict = backendOf(kind, { limits: { [version]: { jump: 5 } } });
    const [alice, bob] = await conversation(strict, version);
    opened(await bob.decrypt(await alice.send()));
    const messages = await sendMany(alice, 7);
    expect(reasonOf(await bob.decrypt(messages[6] as Uint8Array))).toBe("too-many-skipped");
    opened(await bob.decrypt(messages[5] as Uint8Array));
    opened(await bob.decrypt(messages[6] as Uint8Array));
  });
});

describe.each(KINDS)("skipped keys of OMEMO 2 on %s primitives", (kind) => {
  const backend = backendOf(kind);

  it("outlive any number of later chains [O2-59, O2-64, O2-61]", async () => {
    const [alice, bob] = await conversation(backend, OMEMO_2);
    const early = await alice.send();
    for (let step = 0; step < 12; step += 1) {
      opened(await bob.decrypt(await alice.send()));
      opened(await alice.decrypt(await bob.send()));
    }
    expect(opened(await bob.decrypt(early)).counter).toBe(0);
    expect(bob.session.rounds.length).toBeLessThanOrEqual(3);
    expect(reasonOf(await bob.decrypt(early))).toBe("not-authentic");
  });

  it("are 1000 of a session in all, over its chains [O2-59]", async () => {
    const [alice, bob] = await conversation(backend, OMEMO_2);
    const first = await sendMany(alice, 601);
    opened(await bob.decrypt(first[600] as Uint8Array));
    opened(await alice.decrypt(await bob.send()));
    const second = await sendMany(alice, 601);
    opened(await bob.decrypt(second[600] as Uint8Array));
    expect(heldOf(bob)).toBe(1000);
    expect(reasonOf(await bob.decrypt(first[199] as Uint8Array))).toBe("duplicate");
    opened(await bob.decrypt(first[200] as Uint8Array));
    opened(await bob.decrypt(second[0] as Uint8Array));
  });

  it("ignore a previous counter that is too large, and let the chain go on [O2-63]", async () => {
    const strict = backendOf(kind, { limits: { [OMEMO_2]: { jump: 5 } } });
    const [alice, bob] = await conversation(strict, OMEMO_2);
    const late = await sendMany(alice, 20);
    opened(await bob.decrypt(late[0] as Uint8Array));
    opened(await alice.decrypt(await bob.send()));
    opened(await bob.decrypt(await alice.send()));
    expect(heldOf(bob)).toBe(0);
    opened(await bob.decrypt(late[6] as Uint8Array));
    expect(reasonOf(await bob.decrypt(late[19] as Uint8Array))).toBe("too-many-skipped");
  });
});

describe.each(KINDS)("skipped keys of the legacy version on %s primitives", (kind) => {
  const backend = backendOf(kind);

  it("go with their chain, the sixth one back, and leave no part behind [W-83]", async () => {
    const [alice, bob] = await conversation(backend, LEGACY);
    const early = await alice.send();
    opened(await bob.decrypt(await alice.send()));
    for (let step = 0; step < 5; step += 1) {
      expect([...bob.session.parts.keys()].some((name) => name.includes("keys"))).toBe(true);
      opened(await alice.decrypt(await bob.send()));
      opened(await bob.decrypt(await alice.send()));
    }
    expect([...bob.session.parts.keys()].filter((name) => !name.includes("chain"))).toEqual([]);
    expect(reasonOf(await bob.decrypt(early))).toBe("not-authentic");
  });

  it("are 2000 of each chain, whatever the others hold [W-83]", async () => {
    const small = backendOf(kind, { limits: { [LEGACY]: { heldKeys: 10 } } });
    const [alice, bob] = await conversation(small, LEGACY);
    const first = await sendMany(alice, 16);
    opened(await bob.decrypt(first[15] as Uint8Array));
    opened(await alice.decrypt(await bob.send()));
    const second = await sendMany(alice, 16);
    opened(await bob.decrypt(second[15] as Uint8Array));
    expect(heldOf(bob)).toBe(20);
    opened(await bob.decrypt(first[5] as Uint8Array));
    expect(reasonOf(await bob.decrypt(first[4] as Uint8Array))).toBe("duplicate");
  });
});
