import { LEGACY, OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { nobleBackend } from "../src/index.node.js";
import { countWork } from "../src/ratchet/work.js";
import { backendOf, KINDS } from "./support/backends.js";
import { conversation, opened } from "./support/device.js";

/** A backend that counts how often it let others run. */
function countingBackend(kind: "noble" | "native") {
  const pauses = { count: 0 };
  const pause = async () => {
    pauses.count += 1;
  };
  return { pauses, backend: backendOf(kind, { pause }) };
}

describe.each(KINDS)("letting others run on %s primitives", (kind) => {
  it("happens all along a jump of counters [W-84]", async () => {
    const { backend, pauses } = countingBackend(kind);
    const [alice, bob] = await conversation(backend, LEGACY);
    for (let sent = 0; sent < 1200; sent += 1) await alice.send();
    const message = await alice.send();
    pauses.count = 0;
    opened(await bob.decrypt(message));
    expect(pauses.count).toBeGreaterThanOrEqual(2);
  });

  it("happens within a message for a thousand devices", async () => {
    const { backend, pauses } = countingBackend(kind);
    const [alice] = await conversation(backend, OMEMO_2);
    await alice.send();
    const sessions = Array.from({ length: 1000 }, () => alice.session.load());
    pauses.count = 0;
    const sealed = await backend.encryptFor(sessions, new Uint8Array(48));
    expect(sealed).toHaveLength(1000);
    expect(pauses.count).toBeGreaterThanOrEqual(9);
  });

  it("happens in a flood of small messages, although each is small", async () => {
    const { backend, pauses } = countingBackend(kind);
    const [alice, bob] = await conversation(backend, OMEMO_2);
    pauses.count = 0;
    for (let sent = 0; sent < 300; sent += 1) opened(await bob.decrypt(await alice.send()));
    expect(pauses.count).toBeGreaterThanOrEqual(5);
  });

  it("happens while a hundred prekeys are made", async () => {
    const { backend, pauses } = countingBackend(kind);
    expect(await backend.generateKeyPairs(100)).toHaveLength(100);
    // noble takes a good half of a millisecond for each, OpenSSL a tenth of that.
    expect(pauses.count).toBeGreaterThanOrEqual(kind === "noble" ? 20 : 1);
  });

  it("depends on the work alone, so that a simulated network repeats itself", async () => {
    const counts: number[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { backend, pauses } = countingBackend(kind);
      await backend.generateKeyPairs(23);
      const [alice] = await conversation(backend, OMEMO_2);
      await alice.send();
      const sessions = Array.from({ length: 150 }, () => alice.session.load());
      pauses.count = 0;
      await backend.encryptFor(sessions, new Uint8Array(48));
      counts.push(pauses.count);
    }
    expect(counts[0]).toBe(counts[1]);
  });

  it("uses the event loop where nothing else is given", async () => {
    const backend = nobleBackend({ primitives: kind });
    const [alice] = await conversation(backend, OMEMO_2);
    await alice.send();
    const sessions = Array.from({ length: 300 }, () => alice.session.load());
    let hasRun = false;
    setImmediate(() => {
      hasRun = true;
    });
    await backend.encryptFor(sessions, new Uint8Array(48));
    expect(hasRun).toBe(true);
  });
});

describe("counting work", () => {
  it("asks for a pause each time that a slice is used up, and only then", async () => {
    let pauses = 0;
    const work = countWork(async () => {
      pauses += 1;
    });
    for (let unit = 0; unit < 499; unit += 1) expect(work.spend(1)).toBeUndefined();
    await work.spend(1);
    expect(pauses).toBe(1);
    expect(work.spend(499)).toBeUndefined();
    await work.spend(700);
    expect(pauses).toBe(2);
  });
});
