import { type RunLimits, type VirtualClock, virtualClock } from "../clock/virtualClock.js";
import {
  type NetworkOptions,
  type SimulatedNetwork,
  simulatedNetwork,
} from "../network/simulatedNetwork.js";
import { type Seed, type SeededRandom, seededRandom } from "../random/seededRandom.js";
import { Device, type DeviceOptions, type SimulatedDevice } from "./simulatedDevice.js";

/** A network, its seed, and where time begins. */
export interface SimulationOptions extends Omit<NetworkOptions, "timeline"> {
  /** Ms since 1970. Default: 2026-01-01. */
  readonly start?: number;
  /** How to run a seed again, for the message of a failure. */
  readonly replay?: (seed: Seed) => string;
}

/** One repeatable world: a clock, a network, and devices whose processes may die. */
export interface Simulation {
  readonly seed: Seed;
  /** For the decisions of the scenario itself. */
  readonly random: SeededRandom;
  readonly clock: VirtualClock;
  readonly network: SimulatedNetwork;
  readonly devices: readonly SimulatedDevice[];
  /** A device of an account; nothing runs on it before `start`. */
  device(account: string, resource: string, options?: DeviceOptions): SimulatedDevice;
  /** {@link VirtualClock.run} */
  run(until?: () => boolean, limits?: RunLimits): Promise<void>;
  /** {@link VirtualClock.runFor} */
  runFor(ms: number, limits?: RunLimits): Promise<void>;
  /** {@link VirtualClock.complete} */
  complete<Value>(promise: Promise<Value>, limits?: RunLimits): Promise<Value>;
}

/** How many of the last things on the wire a failure tells. */
const TOLD_RECORDS = 12;

/** A world in which nothing has happened yet. */
export function simulation(options: SimulationOptions): Simulation {
  const { seed, replay = (value) => `simulation({ seed: ${JSON.stringify(value)} })` } = options;
  const random = seededRandom(seed);
  const devices: SimulatedDevice[] = [];
  const clock = virtualClock({
    ...(options.start === undefined ? {} : { start: options.start }),
    describe: () => `\nseed ${seed}; to see it again: ${replay(seed)}\n${recent(network)}`,
  });
  const network = simulatedNetwork({ ...options, timeline: clock });
  return {
    seed,
    random: random.fork("scenario"),
    clock,
    network,
    devices,
    device: (account, resource, deviceOptions = {}) => {
      const world = { clock, network, random: random.fork("devices") };
      const device = new Device(world, account, resource, deviceOptions);
      devices.push(device);
      return device;
    },
    run: clock.run,
    runFor: clock.runFor,
    complete: clock.complete,
  };
}

/** Without stanzas: those are in the log, for who asks. */
function recent({ log }: SimulatedNetwork): string {
  const lines = log
    .slice(-TOLD_RECORDS)
    .map(({ at, account, resource, direction, kind, detail }) => {
      const time = new Date(at).toISOString().slice(11);
      return `  ${time} ${account}/${resource} ${direction} ${kind} ${detail}`;
    });
  return lines.length === 0 ? "" : `last on the wire:\n${lines.join("\n")}`;
}
