import { expect, it } from "vitest";
import type { Ledger } from "../../src/network/ledger.js";
import { checkRun, type Run } from "../../src/processes/checkRun.js";
import { FRIEND, startFriends } from "../../src/processes/friends.js";
import { createHub, type Hub } from "../../src/processes/hub.js";

/** Two devices that wrote to each other, and nothing went wrong. */
async function finishedRun(): Promise<Hub> {
  const hub = createHub("check", [FRIEND]);
  for (const peer of await startFriends(hub)) await peer.close();
  return hub;
}

function altered(run: Hub, changes: Partial<Ledger>): Run {
  return { network: run.network, ledger: { ...run.ledger, ...changes } };
}

it("finds nothing where nothing went wrong, and notices everything that must not happen", async () => {
  const run = await finishedRun();
  const { deliveries, failures } = run.ledger;
  const [delivery] = deliveries;
  if (delivery === undefined) throw new Error("nothing was delivered");
  const again = (changes: Partial<typeof delivery>) => ({
    deliveries: [...deliveries, { ...delivery, ...changes }],
  });
  checkRun(run);
  expect(() => checkRun(altered(run, again({ isRedelivery: true })))).not.toThrow();
  expect(() => checkRun(altered(run, again({})))).toThrow(/delivered twice without mark/);
  expect(() => checkRun(altered(run, again({ inboxId: "new" })))).toThrow(/decrypted twice/);
  expect(() => checkRun(altered(run, again({ text: "new" })))).toThrow(/nobody sent/);
  expect(() => checkRun(altered(run, { hasDelivered: () => false }))).toThrow(/never reached/);
  expect(() => checkRun(altered(run, { deliveries: [] }))).toThrow(/which read 0/);
  const durable = new Map([[delivery.device, new Set(["kept"])]]);
  expect(() => checkRun(altered(run, { durable }))).toThrow(/never delivered/);
  const { device, at } = delivery;
  const failure = { device, at, reason: "no-session", from: FRIEND, originId: "other" } as const;
  expect(() => checkRun(altered(run, { failures: [...failures, failure] }))).toThrow(/no-session/);
});

it("waits for what happens, and hears of what goes wrong elsewhere", async () => {
  const hub = createHub("watch", []);
  let count = 0;
  const waiting = hub.until("two", () => count === 2);
  count = 2;
  hub.changed();
  await waiting;
  const never = hub.until("three", () => count === 3);
  hub.fail(new Error("a process ended"));
  await expect(never).rejects.toThrow("a process ended");
  await expect(hub.until("four", () => true)).rejects.toThrow("a process ended");
});
