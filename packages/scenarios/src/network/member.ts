import { isOmemoError, OmemoManager, type OmemoPorts, type OmemoVersion } from "@omemo/core";
import { startTrace, type Trace } from "@omemo/core/trace";
import type { MessageKeys, ProcessPorts, SimulatedDevice, Simulation } from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";
import { type BackendName, makeBackend } from "./backends.js";
import type { Ledger } from "./ledger.js";
import { witnessBackend } from "./witnessBackend.js";
import { witnessStore } from "./witnessStore.js";

/** How the members of a run are built. */
export interface MemberOptions {
  readonly versions: readonly OmemoVersion[];
  readonly backend: BackendName;
  readonly keys: MessageKeys;
  readonly preKeyCount: number;
  readonly layout: "separate" | "combined";
  /** Called in each process, once it is initialized. */
  readonly onReady?: () => void;
}

/** A device with OMEMO on it; its manager is another one after each restart. */
export interface Member {
  readonly device: SimulatedDevice;
  readonly account: string;
  readonly versions: readonly OmemoVersion[];
  /** Of the running process, once it is initialized. */
  manager(): OmemoManager | undefined;
  /** The same. */
  trace(): Trace | undefined;
  start(): void;
}

/** What one process of a member has. */
interface Process {
  readonly life: number;
  readonly manager: OmemoManager;
  readonly trace: Trace;
}

/** Events that a trace remembers. */
const TRACED = 200;
/** Ms that an application takes for a message, so that it can die meanwhile. */
const HANDLING = [0, 40] as const;
const RETRY_PAUSE = 2000;

export function createMember(
  world: Simulation,
  ledger: Ledger,
  account: string,
  device: SimulatedDevice,
  options: MemberOptions,
): Member {
  let current: Process | undefined;
  const run = async (ports: ProcessPorts): Promise<void> => {
    ledger.started(device.name, ports.clock.now());
    const built = portsOf(ports, ledger, device, options);
    const manager = createManager(ports, built, options);
    const trace = startTrace(manager, built, { capacity: TRACED, clock: ports.clock });
    const pauses = world.random.fork(`handling ${device.name} ${ports.life}`);
    manager.on("message", async (message) => {
      ledger.delivered(device.name, ports.life, ports.clock.now(), message);
      await ports.clock.sleep(pauses.between(HANDLING));
    });
    manager.on("failure", (failure) => {
      for (const each of [...(failure.earlier ?? []), failure]) {
        ledger.failed(device.name, ports.clock.now(), each);
      }
    });
    await initialize(ports, manager);
    ledger.named(device.name, manager.getOwnDevice());
    current = { life: ports.life, manager, trace };
    options.onReady?.();
  };
  const running = (): Process | undefined =>
    device.isRunning && current?.life === device.lives - 1 ? current : undefined;
  return {
    device,
    account,
    versions: options.versions,
    manager: () => running()?.manager,
    trace: () => running()?.trace,
    start: () => device.start(run),
  };
}

function portsOf(
  ports: ProcessPorts,
  ledger: Ledger,
  device: SimulatedDevice,
  { backend, keys }: MemberOptions,
): OmemoPorts {
  const store = witnessStore(ports.store, (id) => ledger.committed(device.name, id));
  const seen = witnessBackend(makeBackend(backend, keys, ports.randomBytes), (message, reason) =>
    ledger.refused(device.name, message, reason),
  );
  return {
    backend: ports.backend(seen),
    store,
    trust: ports.trust(blindTrust(store)),
    transport: ports.transport,
  };
}

function createManager(
  { clock, crypto }: ProcessPorts,
  built: OmemoPorts,
  { versions, layout, preKeyCount }: MemberOptions,
): OmemoManager {
  return new OmemoManager(built, { versions, layout, clock, crypto, limits: { preKeyCount } });
}

/** As an application would: again and again, until the network lets it. */
async function initialize(ports: ProcessPorts, manager: OmemoManager): Promise<void> {
  for (;;) {
    try {
      await manager.initialize();
      return;
    } catch (error) {
      if (!isOmemoError(error) || !["offline", "transport-failure"].includes(error.code)) {
        throw error;
      }
      await ports.clock.sleep(RETRY_PAUSE);
    }
  }
}
