import { nobleBackend } from "@omemo/backend-noble";
import {
  bareJid,
  type IdentityChange,
  isOmemoError,
  type OmemoArchive,
  type OmemoBackend,
  type OmemoDevice,
  OmemoManager,
  type OmemoOptions,
  type OmemoPorts,
  type OmemoStore,
  type OmemoTrustCallback,
  type Problem,
  type ReceivedControl,
  type ReceivedMessage,
  type ReceivedStanza,
  type ReceiveFailure,
  type StateRolledBack,
} from "@omemo/core";
import { startTrace, type Trace } from "@omemo/core/trace";
import { enterRoom } from "@omemo/core/wire";
import {
  type DeviceOptions,
  type ProcessPorts,
  type SimulatedDevice,
  type Simulation,
  simulation,
} from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";
import { sealingOther } from "./sealingOther.js";

export interface GuestOptions extends Omit<OmemoOptions, "clock" | "crypto"> {
  readonly trust?: (store: OmemoStore) => OmemoTrustCallback;
  /** In place of `trust`, for a policy that needs more than a store. */
  readonly trustIn?: (ports: ProcessPorts) => OmemoTrustCallback;
  /** Called for the manager of each process, before it is initialized. */
  readonly onManager?: (manager: OmemoManager) => void;
  readonly device?: DeviceOptions;
  /** Default: `backend-noble`. */
  readonly backend?: (randomBytes: ProcessPorts["randomBytes"]) => OmemoBackend;
  /** Called for each message, before it counts as taken over. */
  readonly onMessage?: (message: ReceivedMessage, ports: ProcessPorts) => Promise<void> | void;
  /** Nobody listens for messages. */
  readonly isDeaf?: boolean;
  /** Passes what the process sees of its store through. */
  readonly wrapStore?: (store: OmemoStore) => OmemoStore;
  /** Keeps what was said. */
  readonly archive?: (store: OmemoStore) => OmemoArchive;
  /** Each process keeps a trace. */
  readonly isTraced?: boolean;
  /** What the device really encrypts, in place of an envelope or text: it is a hostile one. */
  readonly seals?: (plaintext: string) => string;
}

/** A device at the party, with all that its application heard. */
export interface Guest {
  readonly name: string;
  readonly device: SimulatedDevice;
  /** Of the running process. */
  readonly manager: OmemoManager;
  readonly omemo: OmemoDevice;
  readonly messages: readonly ReceivedMessage[];
  readonly controls: readonly ReceivedControl[];
  readonly failures: readonly ReceiveFailure[];
  readonly reflections: readonly ReceivedStanza[];
  readonly identities: readonly IdentityChange[];
  readonly problems: readonly Problem[];
  readonly rollbacks: readonly StateRolledBack[];
  /** Texts in order of delivery. */
  readonly texts: readonly (string | undefined)[];
  isReady(): boolean;
  /** The trace of the running process, as it is now. */
  writeTrace(): Promise<string>;
  start(): void;
  /** Asks to enter a room; resolves when that left. */
  enter(room: string, nick: string, history?: number): Promise<void>;
}

/** A calm little network in which a test decides what happens. */
export interface Party {
  readonly world: Simulation;
  /** A device of an account; it starts at once. */
  guest(account: string, resource?: string, options?: GuestOptions): Guest;
  /** Until all that were invited are initialized, and nothing is under way. */
  settle(): Promise<void>;
  /** Sends a text and waits until all is quiet. */
  say(from: Guest, to: string, text: string): Promise<void>;
}

const RETRY_PAUSE = 500;
/** Virtual ms in which everything that follows from one event has happened. */
const QUIET = 30_000;

export function party(seed: number | string = 1): Party {
  const world = simulation({ seed });
  const guests: Guest[] = [];
  const settle = async (): Promise<void> => {
    await world.run(() => guests.every((each) => each.isReady()));
    await world.runFor(QUIET);
  };
  return {
    world,
    guest: (account, resource = "phone", options = {}) => {
      const guest = invite(world, account, resource, options);
      guests.push(guest);
      guest.start();
      return guest;
    },
    settle,
    say: async (from, to, text) => {
      await world.complete(from.manager.sendMessage(to, text));
      await settle();
    },
  };
}

function invite(
  world: Simulation,
  account: string,
  resource: string,
  options: GuestOptions,
): Guest {
  const device = world.device(account, resource, options.device);
  const heard = {
    messages: [] as ReceivedMessage[],
    controls: [] as ReceivedControl[],
    failures: [] as ReceiveFailure[],
    reflections: [] as ReceivedStanza[],
    identities: [] as IdentityChange[],
    problems: [] as Problem[],
    rollbacks: [] as StateRolledBack[],
  };
  let manager: OmemoManager | undefined;
  let trace: Trace | undefined;
  let readyIn = -1;
  const run = async (ports: ProcessPorts): Promise<void> => {
    const built = portsOf(ports, options);
    const current = build(ports, built, options);
    manager = current;
    options.onManager?.(current);
    if (options.isTraced === true) {
      trace = startTrace(current, built, { clock: ports.clock, store: ["memory"] });
    }
    if (options.isDeaf !== true) {
      current.on("message", async (message) => {
        heard.messages.push(message);
        await options.onMessage?.(message, ports);
      });
    }
    current.on("control", (control) => void heard.controls.push(control));
    current.on("failure", (failure) => {
      heard.failures.push(...(failure.earlier ?? []), failure);
    });
    current.on("reflection", (stanza) => void heard.reflections.push(stanza));
    current.on("identity", (change) => void heard.identities.push(change));
    current.on("state-rolled-back", (event) => void heard.rollbacks.push(event));
    current.on("problem", (problem) => void heard.problems.push(problem));
    await initialize(ports, current);
    readyIn = ports.life;
  };
  const running = (): OmemoManager => {
    if (manager === undefined) throw new RangeError(`${device.name} was never started`);
    return manager;
  };
  return {
    name: device.name,
    device,
    ...heard,
    get manager() {
      return running();
    },
    get omemo() {
      return running().getOwnDevice();
    },
    get texts() {
      return heard.messages.map(({ body }) => body);
    },
    isReady: () => device.isRunning && readyIn === device.lives - 1,
    writeTrace: async () => {
      if (trace === undefined) throw new RangeError(`${device.name} keeps no trace`);
      return await world.complete(trace.write());
    },
    start: () => device.start(run),
    enter: async (room, nick, history) => {
      await world.complete(
        device.connection?.send(enterRoom(bareJid(room), nick, history)) ?? Promise.resolve(),
      );
    },
  };
}

const noble: NonNullable<GuestOptions["backend"]> = (randomBytes) => nobleBackend({ randomBytes });

function portsOf(ports: ProcessPorts, options: GuestOptions): OmemoPorts {
  const { trust = blindTrust, trustIn, backend = noble, wrapStore, archive } = options;
  const store = wrapStore === undefined ? ports.store : wrapStore(ports.store);
  return {
    backend: ports.backend(backend(ports.randomBytes)),
    store,
    trust: ports.trust(trustIn === undefined ? trust(store) : trustIn(ports)),
    transport: ports.transport,
    archive: archive?.(store),
  };
}

function build(ports: ProcessPorts, built: OmemoPorts, options: GuestOptions): OmemoManager {
  const { seals, ...rest } = options;
  return new OmemoManager(built, {
    ...rest,
    clock: ports.clock,
    crypto: seals === undefined ? ports.crypto : sealingOther(ports.crypto, seals),
    limits: { preKeyCount: 10, ...options.limits },
  });
}

async function initialize(ports: ProcessPorts, manager: OmemoManager): Promise<void> {
  for (;;) {
    try {
      await manager.initialize();
      return;
    } catch (error) {
      if (isOmemoError(error) && error.code === "device-copied") return; // heard as an event, too
      if (isOmemoError(error) && error.code === "opted-out") return; // the test knows
      if (!isOmemoError(error) || error.code !== "offline") throw error;
      await ports.clock.sleep(RETRY_PAUSE);
    }
  }
}
