/** A range that a number is drawn from, evenly. Ms. */
export type Range = readonly [low: number, high: number];

/** What goes wrong between clients and servers; probabilities are from 0 to 1. */
export interface NetworkFaults {
  /** Each hop from client to server, server to server, server to client. */
  readonly latency: Range;
  /** How often a hop takes longer, and how long: senders overtake each other. */
  readonly stallChance: number;
  readonly stall: Range;
  /** Stanzas that lose their place in line on the last hop. XMPP itself never does this. */
  readonly disorderChance: number;
  /** Stanzas and requests on which the connection breaks before the server has them. */
  readonly lossBeforeServer: number;
  /** Stanzas and requests that the server takes, while the client only sees the connection break. */
  readonly lossAfterServer: number;
  /** Mean time between breaks of one connection without reason; 0 for never. */
  readonly meanUptime: number;
  /** How long a broken connection stays down. */
  readonly downtime: Range;
  /** How long a broken stream can be resumed; after that a new one begins. */
  readonly resumableFor: number;
  /** Stanzas that a resumed stream repeats although they had arrived. */
  readonly duplicateChance: number;
  /** Fetches that end with an error of a server. */
  readonly fetchFailure: number;
  /** Fetches that nobody answers, until the server gives up. */
  readonly fetchTimeout: number;
  /** Publishing, retracting and deleting that ends with an error, before or after taking effect. */
  readonly publishFailure: number;
}

/** A network without faults; hops take a little time. */
export const CALM: NetworkFaults = Object.freeze<NetworkFaults>({
  latency: [5, 30],
  stallChance: 0,
  stall: [0, 0],
  disorderChance: 0,
  lossBeforeServer: 0,
  lossAfterServer: 0,
  meanUptime: 0,
  downtime: [500, 2000],
  resumableFor: 300_000,
  duplicateChance: 0,
  fetchFailure: 0,
  fetchTimeout: 0,
  publishFailure: 0,
});

/** What a phone on a train sees: everything that XMPP permits. */
export const ROUGH: NetworkFaults = Object.freeze<NetworkFaults>({
  latency: [5, 400],
  stallChance: 0.1,
  stall: [500, 15_000],
  disorderChance: 0,
  lossBeforeServer: 0.01,
  lossAfterServer: 0.01,
  meanUptime: 120_000,
  downtime: [200, 90_000],
  resumableFor: 30_000,
  duplicateChance: 0.5,
  fetchFailure: 0.03,
  fetchTimeout: 0.02,
  publishFailure: 0.03,
});

/** Beyond what XMPP permits: order is lost even between one pair of clients. */
export const CHAOTIC: NetworkFaults = Object.freeze<NetworkFaults>({
  ...ROUGH,
  disorderChance: 0.3,
});
