import {
  OmemoManager,
  type OmemoOptions,
  type OmemoStore,
  type OmemoTrustCallback,
  type ReceivedMessage,
  type ReceiveFailure,
  type Transport,
} from "@omemo/core";
import {
  countingBackend,
  messageKeys,
  type ProcessPorts,
  type Simulation,
  simulatedDisk,
} from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";

/** One of several managers in a process. */
export interface Device {
  readonly manager: OmemoManager;
  readonly messages: readonly ReceivedMessage[];
  readonly failures: readonly ReceiveFailure[];
}

/** What makes a manager one of its own. */
export interface DeviceRequest extends OmemoOptions {
  readonly transport: Transport;
  /** Default: an empty one of its own. */
  readonly store?: OmemoStore;
  readonly trust?: (store: OmemoStore) => OmemoTrustCallback;
}

/** A process that makes as many managers as it likes. */
export interface Workshop {
  /** Of the process itself; more may be had of the network. */
  readonly transport: Transport;
  make(request: DeviceRequest): Device;
}

/** Starts a process for an account; every manager in it has a store and a trust callback. */
export async function openWorkshop(
  world: Simulation,
  account: string,
  resource = "process",
): Promise<Workshop> {
  const keys = messageKeys();
  let opened: ProcessPorts | undefined;
  world.device(account, resource).start((ports) => {
    opened = ports;
  });
  await world.run(() => opened?.transport.isOnline === true);
  const ports = opened as ProcessPorts;
  const backend = () => countingBackend({ keys, randomBytes: ports.randomBytes });
  return {
    transport: ports.transport,
    make: ({ transport, store = simulatedDisk().open(), trust = blindTrust, ...options }) => {
      const manager = new OmemoManager(
        { backend: ports.backend(backend()), store, trust: ports.trust(trust(store)), transport },
        { clock: ports.clock, crypto: ports.crypto, ...options },
      );
      const messages: ReceivedMessage[] = [];
      const failures: ReceiveFailure[] = [];
      manager.on("message", (message) => void messages.push(message));
      manager.on("failure", (failure) => void failures.push(failure));
      return { manager, messages, failures };
    },
  };
}
