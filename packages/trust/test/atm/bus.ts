import {
  type BareJid,
  bareJid,
  type ContentHandler,
  type ConversationOptions,
  deviceId,
  memoryStore,
  OMEMO_2,
  type OmemoDevice,
  OmemoError,
  type OmemoFingerprint,
  type OmemoIdentity,
  type OmemoManager,
  type OmemoStore,
  type ReceivedMessage,
  toHex,
  type XmlElement,
} from "@omemo/core";
import { montgomeryForm } from "@omemo/core/wire";
import { seededRandom } from "@omemo/testkit";
import {
  type AutomaticTrust,
  type AutomaticTrustEvent,
  type AutomaticTrustOptions,
  automaticTrust,
  type ManagedTrust,
} from "@omemo/trust/atm";

/** A key that could be one. */
export function keyNumber(number: number): OmemoFingerprint {
  const random = seededRandom(`key ${number}`);
  for (;;) {
    const form = montgomeryForm(random.bytes(32));
    if (form !== undefined) return toHex(form) as OmemoFingerprint;
  }
}

/** What was sent to one device, and is not delivered yet. */
export interface Parcel {
  readonly from: OmemoIdentity;
  readonly to: OmemoIdentity;
  readonly message: ReceivedMessage;
}

/** Devices that hear only what the test delivers, in the order that it likes. */
export interface Bus {
  readonly parcels: readonly Parcel[];
  /** All that were ever sent. */
  readonly sent: readonly Parcel[];
  /** Ms since 1970; grows with every message. */
  now: number;
  device(account: string, number: number, options?: AutomaticTrustOptions): BusDevice;
  /** Hands one parcel over, or again: nothing keeps a server from it. */
  deliver(parcel: Parcel): Promise<void>;
  /** Delivers everything in this order of the parcels that there are, and what follows. */
  deliverAll(next?: (count: number) => number): Promise<void>;
}

/** A device of ours or of a contact. */
export interface BusDevice {
  readonly identity: OmemoIdentity;
  readonly store: OmemoStore;
  readonly trust: AutomaticTrust;
  readonly events: readonly AutomaticTrustEvent[];
  /** Whom it cannot reach: their devices are not on the list. */
  readonly hidden: Set<OmemoFingerprint>;
  isOffline: boolean;
  decide(device: BusDevice, level: string): Promise<void>;
  levelOf(device: { readonly identity: OmemoIdentity }): Promise<string>;
  /** A message with any content, as from a device that follows no rule. */
  say(to: BusDevice, content: readonly XmlElement[], change?: Partial<ReceivedMessage>): Parcel;
  shows(device: BusDevice): Promise<void>;
  idle(): Promise<void>;
  /** Ends, and starts again on the same store; `deliver` finds the new process. */
  restart(): Promise<void>;
}

export function createBus(): Bus {
  const devices: Internal[] = [];
  const parcels: Parcel[] = [];
  const sent: Parcel[] = [];
  let last = 0;
  const bus: Bus = {
    parcels,
    sent,
    now: 1_700_000_000_000,
    device: (account, number, options = {}) => {
      const post = (parcel: Parcel): void => {
        parcels.push(parcel);
        sent.push(parcel);
      };
      const device = createDevice(bus, devices, post, account, number, options);
      devices.push(device);
      return device;
    },
    deliver: async ({ to, message }) => {
      last += 1;
      const device = devices.find(({ identity }) => identity === to);
      await device?.handler?.({ ...message, id: String(last) });
      await device?.idle();
    },
    deliverAll: async (next = () => 0) => {
      for (const device of devices) await device.idle();
      while (parcels.length > 0) {
        const [parcel] = parcels.splice(next(parcels.length), 1);
        if (parcel !== undefined) await bus.deliver(parcel);
      }
    },
  };
  return bus;
}

interface Internal extends BusDevice {
  handler: ContentHandler | undefined;
}

function createDevice(
  bus: Bus,
  devices: readonly BusDevice[],
  post: (parcel: Parcel) => void,
  account: string,
  number: number,
  options: AutomaticTrustOptions,
): Internal {
  const jid = bareJid(account);
  const identity = { jid, deviceId: deviceId(number), fingerprint: keyNumber(number) };
  const store = memoryStore();
  const events: AutomaticTrustEvent[] = [];
  const listeners = new Map<string, (event: { identity: OmemoIdentity }) => void>();
  const clock = { now: () => bus.now, sleep: () => new Promise<void>(() => undefined) };
  const start = (): { trust: AutomaticTrust; managed: ManagedTrust } => {
    const trust = automaticTrust(store, {
      clock,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return { trust, managed: trust.manage(manager as OmemoManager) };
  };
  const send = async (
    to: string,
    content: readonly XmlElement[],
    { versions, isFor = () => true }: ConversationOptions = {},
  ) => {
    if (device.isOffline) throw new OmemoError("offline", "not connected");
    if (versions?.join() !== OMEMO_2) throw new Error("not for this version");
    const reached = devices.filter(({ identity: each }) => {
      return each.jid === to && each !== identity && isFor(each);
    });
    const present = reached.filter((each) => !device.hidden.has(each.identity.fingerprint));
    if (present.length === 0) throw new OmemoError("no-recipient-devices", "nobody is there");
    const states = await running.trust.getTrust(present.map((each) => each.identity));
    if (states.some((state) => state !== "trusted")) throw new Error("not allowed by the policy");
    bus.now += 1000;
    for (const each of present) post(parcel(identity, each.identity, content, { now: bus.now }));
    return { intendedDevices: present.map((each) => ({ identity: each.identity })) };
  };
  const manager: unknown = {
    getOwnDevice: (): OmemoDevice => identity,
    getOwnFingerprint: () => identity.fingerprint,
    getDevicesOf: async (owner: BareJid) =>
      devices
        .filter((each) => each.identity.jid === owner)
        .map((each) => ({ device: each.identity, fingerprint: each.identity.fingerprint })),
    sendContent: send,
    takeContent: (_: string, handler: ContentHandler) => {
      device.handler = handler;
      return () => undefined;
    },
    on: (name: string, listener: (event: { identity: OmemoIdentity }) => void) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  };
  const device: Internal = {
    identity,
    store,
    events,
    hidden: new Set(),
    isOffline: false,
    handler: undefined,
    get trust() {
      return running.trust;
    },
    decide: async (other, level) => {
      bus.now += 1000;
      await running.trust.decide(other.identity, level);
      await device.idle();
    },
    levelOf: async (other) => {
      const [found] = await running.trust.explain([other.identity]);
      return found?.level ?? found?.reason ?? "";
    },
    say: (to, content, change = {}) => {
      bus.now += 1000;
      return parcel(identity, to.identity, content, { now: bus.now, change });
    },
    shows: async (other) => {
      listeners.get("identity")?.({ identity: other.identity });
      await device.idle();
    },
    idle: async () => {
      await running.managed.idle();
    },
    restart: async () => {
      await running.managed.close();
      running = start();
      await device.idle();
    },
  };
  let running = start();
  return device;
}

function parcel(
  from: OmemoIdentity,
  to: OmemoIdentity,
  content: readonly XmlElement[],
  { now, change = {} }: { readonly now: number; readonly change?: Partial<ReceivedMessage> },
): Parcel {
  const { jid, deviceId: id, fingerprint } = from;
  const message: ReceivedMessage = {
    id: "",
    from: jid,
    conversation: jid,
    direction: "received",
    origin: "live",
    stanzaId: undefined,
    originId: undefined,
    archiveId: undefined,
    sentAt: undefined,
    version: OMEMO_2,
    device: { jid, deviceId: id },
    fingerprint,
    trust: "trusted",
    body: undefined,
    content,
    unprotected: [],
    warnings: [],
    affixes: { from: jid, to: to.jid, time: now },
    isRedelivery: false,
    ...change,
  };
  return { from, to, message };
}
