import type { Transport } from "@omemo/core";
import {
  type NetworkOptions,
  realTimeline,
  type SimulatedConnection,
  simulatedNetwork,
} from "@omemo/testkit";
import type { Line, Surroundings } from "./surroundings.js";
import { whenOnline } from "./whenOnline.js";

/** Servers and lines in this very process; honest, and with the delays of a real network by default. */
export function simulatedSurroundings(
  people: readonly string[],
  options: Partial<NetworkOptions> = {},
): Surroundings {
  const network = simulatedNetwork({ seed: 1, timeline: realTimeline(), ...options });
  const addressOf = (person: string): string => `${person.toLowerCase()}@example.org`;
  for (const person of people) {
    for (const other of people) {
      if (person < other) network.befriend(addressOf(person), addressOf(other));
    }
  }
  const open = new Set<SimulatedConnection>();
  return {
    name: "the simulated network of @omemo/testkit",
    addressOf,
    logIn: async (person, device) => {
      const connection = network.connect(addressOf(person), device, { reconnects: false });
      open.add(connection);
      await whenOnline(connection);
      return lineOf(connection);
    },
    close: async () => {
      for (const connection of open) connection.kill();
    },
  };
}

function lineOf(connection: SimulatedConnection): Line {
  const transport: Transport = connection;
  return {
    transport,
    cut: async () => connection.goOffline(),
    restore: async () => {
      const back = whenOnline(transport);
      connection.goOnline();
      await back;
    },
    kill: async () => connection.kill(),
    close: async () => connection.logOut(),
  };
}
