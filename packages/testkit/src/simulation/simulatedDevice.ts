import type {
  Clock,
  OmemoBackend,
  OmemoStore,
  OmemoTrustCallback,
  Transport,
  WebCrypto,
} from "@omemo/core";
import type { VirtualClock } from "../clock/virtualClock.js";
import { syncWebCrypto } from "../crypto/syncWebCrypto.js";
import { type SimulatedDisk, simulatedDisk } from "../disk/simulatedDisk.js";
import type { SimulatedConnection } from "../network/connection.js";
import type { Range } from "../network/networkFaults.js";
import type { ConnectOptions, SimulatedNetwork } from "../network/simulatedNetwork.js";
import type { CrashPlan } from "../process/crashPlan.js";
import { Life } from "../process/life.js";
import { processBackend, processTrust } from "../process/processBackend.js";
import { processStore } from "../process/processStore.js";
import { processClock, processCrypto } from "../process/processSurroundings.js";
import { processTransport } from "../process/processTransport.js";
import type { SeededRandom } from "../random/seededRandom.js";

/** All that one process may touch; what it holds is worthless once the process is dead. */
export interface ProcessPorts {
  /** 0 for the first process of the device, 1 after its first restart. */
  readonly life: number;
  readonly store: OmemoStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly crypto: WebCrypto;
  /** For a backend that takes its randomness from outside. */
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
  /** The backend as this process sees it: its work takes no virtual time. */
  backend(backend: OmemoBackend): OmemoBackend;
  /** The policy as this process sees it. */
  trust(trust: OmemoTrustCallback): OmemoTrustCallback;
}

/** What a process does when it starts: builds a manager, listens, initializes. */
export type ProcessMain = (ports: ProcessPorts) => void | Promise<void>;

/** What a device has, and when it fails. */
export interface DeviceOptions {
  /** Default: one of its own. Two devices on one disk are two tabs of one client. */
  readonly disk?: SimulatedDisk;
  /**
   * A real store in place of the disk, asked for at each start of a process. What it does takes no
   * virtual time; the one before is closed by nobody else.
   */
  readonly store?: () => OmemoStore;
  /** Default: never dies. */
  readonly crashes?: CrashPlan;
  /** Ms until a dead process starts again; `undefined` for never. Default: 200 to 5000. */
  readonly restartAfter?: Range | undefined;
  /** Ms until the disk answers. Default: 0 to 2. */
  readonly storeLatency?: Range;
  readonly connect?: ConnectOptions;
}

/** A machine with a disk, on which one process at a time runs, dies and runs again. */
export interface SimulatedDevice {
  /** `account/resource`. */
  readonly name: string;
  readonly disk: SimulatedDisk;
  readonly isRunning: boolean;
  /** How often a process was started. */
  readonly lives: number;
  /** Crash points that the present process has reached. */
  readonly points: number;
  /** Of the present process. */
  readonly connection: SimulatedConnection | undefined;
  /** Starts a process; a rejection of `main` fails the run. */
  start(main: ProcessMain): void;
  /** `kill -9`, between two events; the process starts again if the device says so. */
  crash(): void;
  /** Logs out and ends the process; it does not start again by itself. */
  stop(): void;
}

const RESTART_AFTER: Range = [200, 5000];
const STORE_LATENCY: Range = [0, 2];

/** {@link SimulatedDevice} */
export class Device implements SimulatedDevice {
  readonly name: string;
  readonly disk: SimulatedDisk;
  readonly #world: DeviceWorld;
  readonly #address: readonly [account: string, resource: string];
  readonly #options: DeviceOptions;
  readonly #random: SeededRandom;
  #life: Life | undefined;
  #connection: SimulatedConnection | undefined;
  #main: ProcessMain | undefined;
  #lives = 0;

  constructor(world: DeviceWorld, account: string, resource: string, options: DeviceOptions) {
    this.name = `${account}/${resource}`;
    this.disk = options.disk ?? simulatedDisk();
    this.#world = world;
    this.#address = [account, resource];
    this.#options = options;
    this.#random = world.random.fork(this.name);
  }

  get isRunning(): boolean {
    return this.#life?.isAlive === true;
  }

  get lives(): number {
    return this.#lives;
  }

  get points(): number {
    return this.#life?.points ?? 0;
  }

  get connection(): SimulatedConnection | undefined {
    return this.#connection;
  }

  start(main: ProcessMain): void {
    if (this.isRunning) throw new RangeError(`${this.name} runs already`);
    this.#main = main;
    const { clock, network } = this.#world;
    const plan: CrashPlan = this.#options.crashes ?? (() => undefined);
    const life = new Life(this.name, this.#lives, clock, plan, () => this.#died());
    this.#lives += 1;
    this.#life = life;
    this.#connection = network.connect(...this.#address, this.#options.connect);
    const ports = this.#ports(life, this.#connection);
    const fail = (error: unknown): void => {
      clock.schedule(0, () => {
        if (life.isAlive) throw error;
      });
    };
    Promise.resolve()
      .then(() => main(ports))
      .catch(fail);
  }

  crash(): void {
    this.#life?.die();
  }

  stop(): void {
    this.#main = undefined;
    this.#connection?.logOut();
    this.crash();
  }

  #died(): void {
    this.#connection?.kill();
    const main = this.#main;
    const { restartAfter = RESTART_AFTER } = this.#options;
    if (main === undefined || ("restartAfter" in this.#options && !this.#options.restartAfter))
      return;
    this.#world.clock.schedule(this.#random.between(restartAfter), () => {
      if (!this.isRunning && this.#main === main) this.start(main);
    });
  }

  #ports(life: Life, connection: SimulatedConnection): ProcessPorts {
    const random = this.#random.fork(`life ${this.#lives}`);
    const latencies = random.fork("store");
    const { storeLatency = STORE_LATENCY } = this.#options;
    const latency = () => latencies.between(storeLatency);
    return {
      life: this.#lives - 1,
      store: processStore(life, this.#options.store?.() ?? this.disk.open(), latency),
      transport: processTransport(life, connection),
      clock: processClock(life, this.#world.clock),
      crypto: processCrypto(life, syncWebCrypto(random.fork("crypto").bytes)),
      randomBytes: random.fork("backend").bytes,
      backend: (backend) => processBackend(life, backend),
      trust: (trust) => processTrust(life, trust),
    };
  }
}

/** What devices of one simulation share. */
export interface DeviceWorld {
  readonly clock: VirtualClock;
  readonly network: SimulatedNetwork;
  readonly random: SeededRandom;
}
