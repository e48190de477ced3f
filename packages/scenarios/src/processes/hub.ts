import type { BareJid } from "@omemo/core";
import {
  CALM,
  realTimeline,
  type SimulatedNetwork,
  simulatedNetwork,
  type Timeline,
} from "@omemo/testkit";
import { createLedger, type Ledger } from "../network/ledger.js";
import { createWatch, type Watch } from "./watch.js";

/** What all devices of a run share: a network in real time, and the book of what happened. */
export interface Hub extends Watch {
  readonly network: SimulatedNetwork;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  /** Resolves when all that was sent so far has arrived, at the servers and behind them. */
  arrived(): Promise<void>;
}

/** Ms a hop takes: little, since people wait for these runs. */
const LATENCY = [0, 3] as const;

/** A calm network in which these accounts know each other. */
export function createHub(seed: string, contacts: readonly BareJid[]): Hub {
  const timeline = realTimeline();
  const faults = { ...CALM, latency: LATENCY };
  const network = simulatedNetwork({ seed, timeline, faults });
  for (const [index, a] of contacts.entries()) {
    for (const b of contacts.slice(index + 1)) network.befriend(a, b);
  }
  return {
    ...createWatch(),
    network,
    timeline,
    ledger: createLedger(),
    arrived: () => timeline.sleep(2 * LATENCY[1] + 2),
  };
}
