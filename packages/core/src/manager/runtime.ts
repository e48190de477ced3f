import type { OmemoDevice } from "../domain/device.js";
import { OmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import type { TransportEvent, TransportMessage } from "../ports/transport.js";
import type { Effect } from "../session/records/todoRecord.js";
import { GENERATION_NODE } from "../wire/generation.js";
import { deviceListNode, namespaces } from "../wire/namespaces.js";
import { publishOnlyUs, withdraw } from "./announce.js";
import { type BundleSource, createBundleSource } from "./bundles.js";
import { type Connection, createConnection } from "./connection.js";
import { type Context, type OmemoPorts, resolveOptions } from "./context.js";
import { createContext, type State } from "./createContext.js";
import { createDelivery, type Delivery } from "./delivery.js";
import { loadLists, refreshLists } from "./deviceLists.js";
import { createEffectWorker, type EffectWorker } from "./effects.js";
import { type EmptyPurpose, sendEmpty } from "./emptyMessage.js";
import { followBackend, outdatedVersions } from "./followBackend.js";
import { createIntake, type Intake } from "./intake.js";
import { createLifetime } from "./lifetime.js";
import { createNotices } from "./notices.js";
import type { OmemoOptions } from "./options.js";
import { createOutbox, type Outbox } from "./outbox.js";
import { ensureKeys } from "./ownKeys.js";
import { createOwnListGuard, type OwnListGuard } from "./ownList.js";
import { receive } from "./receive.js";
import { keepRotating } from "./rotation.js";
import {
  announceAll,
  findOrCreateAccount,
  loadAccount,
  pruneExchanges,
  requireOwnStore,
} from "./startup.js";

/** The parts of a manager, put together. */
export interface Runtime {
  readonly context: Context;
  readonly bundles: BundleSource;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  /** @throws OmemoError `invalid-input` before `initialize`. */
  requireStarted(): void;
  initialize(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
  idle(): Promise<void>;
  sendEmpty(device: OmemoDevice, purpose: EmptyPurpose): Promise<boolean>;
  refreshLists(owner: BareJid, signal?: AbortSignal): Promise<void>;
  rotate(): Promise<void>;
  purgeDeviceList(): Promise<void>;
  withdraw(): Promise<void>;
}

/** Wires the parts and starts listening at once, so that nothing that arrives early is lost. */
export function createRuntime(ports: OmemoPorts, given: OmemoOptions): Runtime {
  const options = resolveOptions(given, ports.backend);
  const lifetime = createLifetime();
  const connection = createConnection(options.clock, ports.transport.isOnline, lifetime);
  const state: State = { account: undefined, sequence: 0, isStarted: false, isRotating: false };
  const context = createContext(ports, options, { state, connection, lifetime }, (effects) =>
    effectWorker.enqueue(effects),
  );
  const bundles = createBundleSource(context);
  const outbox = createOutbox(ports.transport);
  const delivery = createDelivery(context);
  const notices = createNotices(context);
  const ownList = createOwnListGuard(context);
  const effectWorker: EffectWorker = createEffectWorker(context, {
    bundles,
    outbox,
    ready: connection.ready,
    catchUp: () => context.catchUp.run((messages) => feed(intake, messages)),
  });
  const loaded = loadState(context, state, delivery);
  loaded.catch(() => undefined); // `initialize` reports it
  const intake = createIntake(context, loaded, {
    message: async (message) => {
      // Without an identity nobody can have encrypted for us.
      if (context.hasAccount()) await receive(context, delivery, notices, message);
    },
    item: async (item) => {
      await ownList.receive(item);
      await context.generation.receive(item);
    },
  });
  const interests = {
    nodes: [...options.versions.map(deviceListNode), GENERATION_NODE],
    features: [namespaces.eme],
  };
  const unlisten = ports.transport.listen(interests, (event) => {
    if (event.kind === "presence") context.rooms.presence(event.stanza);
    else if (event.kind === "message") context.rooms.message(event, intake.accept);
    else if (event.kind !== "item") onConnection(context, connection, ownList, event);
    // What a room says of devices is nobody's word.
    else if (!context.rooms.isRoom(event.owner)) intake.accept(event);
  });
  const requireStarted = (): void => {
    if (!state.isStarted) throw new OmemoError("invalid-input", "call initialize() first");
    if (lifetime.isOver) throw new OmemoError("invalid-input", "the manager is closed");
  };
  return {
    context,
    bundles,
    outbox,
    delivery,
    requireStarted,
    initialize: async (signal) => {
      await loaded;
      await start(context, state, connection, ownList, signal);
      await effectWorker.load();
    },
    close: async () => {
      unlisten();
      lifetime.end();
      await intake.idle();
      await context.mailbox.idle();
      await delivery.idle();
    },
    idle: async () => {
      await context.rooms.idle();
      await intake.idle();
      await delivery.idle();
      await effectWorker.idle();
    },
    sendEmpty: async (device, purpose) => {
      requireStarted();
      const request = { device, versions: await versionsOf(context, device), purpose };
      return sendEmpty(context, bundles, outbox, request);
    },
    refreshLists: async (owner, signal) => {
      requireStarted();
      await refreshLists(context, owner, signal);
    },
    rotate: async () => {
      requireStarted();
      for (const version of options.versions) {
        await ensureKeys(context, version, true);
        context.enqueue([{ kind: "publish-bundle", version }]);
      }
    },
    purgeDeviceList: async () => {
      requireStarted();
      for (const version of options.versions) await publishOnlyUs(context, version);
    },
    withdraw: async () => {
      requireStarted();
      ownList.watch([]);
      connection.stopped();
      for (const version of options.versions) await withdraw(context, version);
      state.isStarted = false;
    },
  };
}

/** Reads what an earlier run left: identity, undelivered messages. */
async function loadState(context: Context, state: State, delivery: Delivery): Promise<void> {
  state.account = await loadAccount(context);
  await delivery.load();
}

async function start(
  context: Context,
  state: State,
  connection: Connection,
  ownList: OwnListGuard,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!context.transport.isOnline) {
    throw new OmemoError("offline", "connect first, then initialize");
  }
  state.account = state.account ?? (await findOrCreateAccount(context));
  requireOwnStore(context, state.account);
  await pruneExchanges(context);
  await followBackend(context);
  await context.generation.ensure("check", signal);
  const { versions, rotateAt } = await announceAll(context, signal);
  ownList.watch(versions);
  state.isStarted = true;
  connection.started();
  context.enqueue(await outdatedVersions(context));
  context.enqueue(afterLogin(context));
  if (state.isRotating) return;
  state.isRotating = true;
  void keepRotating(context, rotateAt, connection.ready);
}

function onConnection(
  context: Context,
  connection: Connection,
  ownList: OwnListGuard,
  event: Extract<TransportEvent, { readonly kind: "online" | "resumed" | "offline" }>,
): void {
  if (event.kind === "offline") {
    connection.offline();
    return;
  }
  if (event.kind === "resumed") {
    connection.resumed();
    return;
  }
  ownList.reset();
  context.rooms.reset();
  context.catchUp.reset();
  context.generation.reset();
  connection.online();
  // On every new stream the server's copy of us is compared and repaired [O2-20, L-33].
  if (!connection.isReady()) return;
  context.enqueue(context.options.versions.map((version) => ({ kind: "announce", version })));
  context.enqueue(afterLogin(context));
}

function afterLogin({ options }: Context): readonly Effect[] {
  return options.catchUp ? [{ kind: "catch-up" }] : [];
}

/** In line with what arrives live; resolves when all of it was dealt with. */
async function feed(intake: Intake, messages: readonly TransportMessage[]): Promise<void> {
  for (const message of messages) intake.accept(message);
  await intake.idle();
}

/** Versions with which a device is listed, or all when its account is not known. */
async function versionsOf(context: Context, device: OmemoDevice) {
  const { versions } = context.options;
  const [account] = await loadLists(context, [device.jid]);
  const listed = account?.lists
    .filter(({ record }) => record?.devices.some(({ deviceId }) => deviceId === device.deviceId))
    .map(({ version }) => version);
  return listed === undefined || listed.length === 0 ? versions : listed;
}
