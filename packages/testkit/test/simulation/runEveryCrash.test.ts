import { type OmemoStore, toUtf8 } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  type CrashPlan,
  type ProcessMain,
  runEveryCrash,
  SimulationError,
  simulation,
} from "../../src/index.js";

const PUT = { key: ["sent"] as const, value: toUtf8("yes") };

async function note(store: OmemoStore): Promise<void> {
  await store.commit({ check: [], put: [PUT], delete: [] });
}

/** Sends one message to Bob, who must get it at least once and at most as often as allowed. */
const scenario =
  (main: ProcessMain, mostCopies: number) =>
  async (crashes: CrashPlan): Promise<void> => {
    const world = simulation({ seed: 3 });
    const bob = world.network.connect("bob@b.example", "phone");
    let copies = 0;
    bob.listen({ nodes: [], features: [] }, ({ kind }) => {
      if (kind === "message") copies += 1;
    });
    world.device("alice@a.example", "phone", { crashes }).start(main);
    await world.runFor(60_000);
    if (copies < 1 || copies > mostCopies) throw new RangeError(`${copies} copies`);
  };

const message = xml("message", { to: "bob@b.example", type: "chat" }, xml("body", {}, "hi"));

const sendThenNote: ProcessMain = async ({ store, transport, clock }) => {
  const [done] = await store.get([["sent"]]);
  if (done !== undefined) return;
  while (!transport.isOnline) await clock.sleep(100);
  await transport.send(message);
  await clock.sleep(5000);
  await note(store);
};

const noteThenSend: ProcessMain = async ({ store, transport, clock }) => {
  const [done] = await store.get([["sent"]]);
  if (done !== undefined) return;
  while (!transport.isOnline) await clock.sleep(100);
  await note(store);
  await transport.send(message);
};

describe("runEveryCrash", () => {
  it("tries a crash before and after every await", async () => {
    expect(await runEveryCrash({}, scenario(sendThenNote, 2))).toBeGreaterThan(10);
    const only = ({ port }: { port: string }) => port === "store";
    expect(await runEveryCrash({ only }, scenario(sendThenNote, 2))).toBe(5);
  });

  it("finds the one at which something is lost, or done twice", async () => {
    const losing = runEveryCrash({}, scenario(noteThenSend, 1));
    await expect(losing).rejects.toThrow(SimulationError);
    await expect(losing).rejects.toThrow(
      /dies after point \d+ \(store commit\): RangeError: 0 copies/,
    );
    const doubling = runEveryCrash({}, scenario(sendThenNote, 1));
    await expect(doubling).rejects.toThrow(/RangeError: 2 copies/);
  });
});
