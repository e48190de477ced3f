import { LEGACY, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { backendOf, KINDS } from "./support/backends.js";
import { conversation, Device, opened, reasonOf } from "./support/device.js";

const cases = KINDS.flatMap((kind) => [[kind, LEGACY] as const, [kind, OMEMO_2] as const]);

describe.each(cases)("replaced sessions on %s primitives, %s", (kind, version) => {
  const backend = backendOf(kind);

  it("still open messages under way, and become current again [W-81, O2-123]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const underWay = await alice.send();
    await alice.initiate(await bob.bundle(2));
    expect(opened(await bob.accept(await alice.send(), 2)).isNewSession).toBe(true);
    const fromNew = await bob.send();
    expect(opened(await bob.decrypt(underWay)).isNewSession).toBe(false);
    const fromOld = await bob.send();
    opened(await alice.decrypt(fromOld));
    opened(await alice.decrypt(fromNew));
    opened(await bob.decrypt(await alice.send()));
  });

  it("survive crossed key exchanges until both sides meet in one [W-87, O2-123]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    await alice.initiate(await bob.bundle(1));
    await bob.initiate(await alice.bundle(1));
    const [fromAlice, fromBob] = [await alice.send(), await bob.send()];
    opened(await bob.accept(fromAlice, 1));
    opened(await alice.accept(fromBob, 1));
    const [second, third] = [await alice.send(), await bob.send()];
    opened(await bob.decrypt(second));
    opened(await alice.decrypt(third));
    for (let round = 0; round < 4; round += 1) {
      opened(await alice.decrypt(await bob.send()));
      opened(await bob.decrypt(await alice.send()));
    }
  });

  it("know a duplicate as such, and end the search with it [W-80]", async () => {
    const [alice, bob] = await conversation(backend, version);
    const old = await alice.send();
    opened(await bob.decrypt(old));
    await alice.initiate(await bob.bundle(2));
    opened(await bob.accept(await alice.send(), 2));
    const before = bob.session.dump();
    expect(reasonOf(await bob.decrypt(old))).toBe("duplicate");
    expect(bob.session.dump()).toBe(before);
  });

  it("know their own key exchange when it is repeated, and use no prekey [O2-121]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    await alice.initiate(await bob.bundle(1));
    const [first, late] = [await alice.send(), await alice.send()];
    opened(await bob.accept(first, 1));
    await alice.initiate(await bob.bundle(2));
    opened(await bob.accept(await alice.send(), 2));
    const answer = opened(await bob.accept(late));
    expect([answer.isNewSession, answer.usedPreKey]).toEqual([false, false]);
  });

  it("open late messages of older chains within three rounds of loading", async () => {
    const [alice, bob] = await conversation(backend, version);
    const late = [await alice.send(), await alice.send()];
    opened(await bob.decrypt(await alice.send()));
    for (let step = 0; step < 2; step += 1) {
      opened(await alice.decrypt(await bob.send()));
      opened(await bob.decrypt(await alice.send()));
    }
    await alice.initiate(await bob.bundle(2));
    await alice.send();
    opened(await bob.accept(await alice.send(), 2));
    for (const message of late) opened(await bob.decrypt(message));
    expect(reasonOf(await bob.decrypt(late[0] as Uint8Array))).toBe("duplicate");
  });

  it("are kept up to the limit, and leave no part behind when they go [W-85]", async () => {
    const small = backendOf(kind, { limits: { [version]: { archivedSessions: 2 } } });
    const [alice, bob] = await conversation(small, version);
    const messages: Uint8Array[] = [];
    for (let round = 0; round < 4; round += 1) {
      messages.push(await alice.send());
      opened(await bob.decrypt(await alice.send()));
      opened(await alice.decrypt(await bob.send()));
      opened(await bob.decrypt(await alice.send()));
      await alice.initiate(await bob.bundle(2));
      opened(await bob.accept(await alice.send(), 2));
      opened(await alice.decrypt(await bob.send()));
    }
    const ids = new Set([...bob.session.parts.keys()].map((name) => name.split("-")[0]));
    expect([...ids].sort()).toEqual(["3", "4", "archive"]);
    const reasons: (string | undefined)[] = [];
    for (const message of messages) reasons.push(reasonOf(await bob.decrypt(message)));
    expect(reasons).toEqual(["not-authentic", "not-authentic", undefined, undefined]);
  });

  it("are asked about a forgery of a late message in three rounds, whatever they hold [W-80]", async () => {
    const [alice, bob] = [
      await Device.create(backend, version),
      await Device.create(backend, version),
    ];
    const late: Uint8Array[] = [];
    for (const preKey of [1, 2, 3]) {
      await alice.initiate(await bob.bundle(preKey));
      opened(await bob.accept(await alice.send(), preKey));
      opened(await alice.decrypt(await bob.send()));
      for (let sent = 0; sent < 8; sent += 1) late.push(await alice.send());
      opened(await bob.decrypt(late.at(-1) as Uint8Array));
    }
    const genuine = late[3] as Uint8Array;
    const forged = genuine.slice();
    const at = version === LEGACY ? forged.length - 1 : 5; // in the MAC
    forged[at] = (forged[at] as number) ^ 1;
    expect(reasonOf(await bob.decrypt(forged))).toBe("not-authentic");
    opened(await bob.decrypt(genuine));
  });

  it("let an initiator that was replaced itself still be answered [W-86]", async () => {
    const alice = await Device.create(backend, version);
    const bob = await Device.create(backend, version);
    await alice.initiate(await bob.bundle(1));
    opened(await bob.accept(await alice.send(), 1));
    const answer = await bob.send();
    await alice.initiate(await bob.bundle(2));
    opened(await alice.decrypt(answer));
    opened(await bob.decrypt(await alice.send()));
  });
});

describe.each(KINDS)("an archive of forty sessions on %s primitives", (kind) => {
  it("opens a message of the oldest and refuses a forgery, without residue [W-85]", async () => {
    const backend = backendOf(kind);
    const alice = await Device.create(backend, OMEMO_2);
    const bob = await Device.create(backend, OMEMO_2);
    const messages: Uint8Array[] = [];
    for (let round = 0; round < 42; round += 1) {
      await alice.initiate(await bob.bundle(1));
      opened(await bob.accept(await alice.send(), 1));
      messages.push(await alice.send());
    }
    const before = bob.session.dump();
    expect(reasonOf(await bob.accept(messages[0] as Uint8Array))).toBe("no-prekey");
    expect(bob.session.dump()).toBe(before);
    opened(await bob.accept(messages[1] as Uint8Array));
    opened(await bob.accept(messages[41] as Uint8Array));
  });
});
