import type { TransportEvent } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { describe, expect, it } from "vitest";
import {
  CHAOTIC,
  crashSometimes,
  type ProcessPorts,
  type Seed,
  type Simulation,
  simulation,
  wireText,
} from "../../src/index.js";

const NODE = "urn:example:list";
const INTERESTS = { nodes: [NODE], features: [] };

/** A little application: publishes, counts on disk what it hears, and talks to everybody. */
async function gossip(ports: ProcessPorts, world: Simulation, names: string[]): Promise<void> {
  const { transport, store, clock } = ports;
  const heard: TransportEvent[] = [];
  transport.listen(INTERESTS, (event) => heard.push(event));
  for (let round = 0; round < 20; round += 1) {
    await clock.sleep(world.random.below(5000));
    const to = world.random.pick(names);
    await transport
      .publishItem(NODE, "current", xml("list", {}, String(round)), {
        access: "open",
        maxItems: 1,
      })
      .catch(() => undefined);
    await transport
      .send(xml("message", { to, type: "chat" }, xml("body", {}, `round ${round}`)))
      .catch(() => undefined);
    const [before] = await store.get([["heard"]]);
    await store.commit({
      check: [{ key: ["heard"], version: before?.version }],
      put: [{ key: ["heard"], value: new Uint8Array([heard.length & 0xff]) }],
      delete: [],
    });
  }
}

async function run(seed: Seed): Promise<string> {
  const world = simulation({ seed, faults: CHAOTIC });
  const names = ["alice@a.example", "bob@b.example", "carol@a.example"];
  for (const name of names)
    for (const other of names) if (name < other) world.network.befriend(name, other);
  for (const name of names) {
    for (const resource of ["phone", "desk"]) {
      const crashes = crashSometimes(world.random.fork(name + resource), 0.01);
      world.device(name, resource, { crashes }).start((ports) => gossip(ports, world, names));
    }
  }
  await world.runFor(600_000);
  expect(world.devices.some(({ lives }) => lives > 1)).toBe(true);
  return wireText(world.network.log);
}

describe("simulation", () => {
  it("gives the same log, byte for byte, for the same seed, and another for another", async () => {
    const first = await run(7);
    expect(first.split("\n").length).toBeGreaterThan(500);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });
});
