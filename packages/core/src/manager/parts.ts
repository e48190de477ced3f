import type { TransportEvent } from "../ports/transport.js";
import type { PlacedMessage } from "../session/rooms/place.js";
import { GENERATION_NODE } from "../wire/generation.js";
import { deviceListNode, namespaces } from "../wire/namespaces.js";
import { createOwnListGuard, type OwnListGuard } from "./account/ownList.js";
import { createRotation, type Rotation } from "./account/rotation.js";
import { loadAccount } from "./account/startup.js";
import { type Connection, createConnection } from "./connection/connection.js";
import { failFast } from "./connection/failFast.js";
import { onConnection } from "./connection/onConnection.js";
import type { Context, OmemoPorts } from "./context.js";
import { createContext, type State } from "./createContext.js";
import { type BundleSource, createBundleSource } from "./devices/bundles.js";
import { createEffectWorker, type EffectWorker } from "./effects.js";
import { type ArchiveFollower, createArchiveFollower } from "./history/archiveFollower.js";
import { createIqs, type Iqs } from "./iq/iqs.js";
import { createNotices, type Notices } from "./news/notices.js";
import type { OmemoOptions } from "./options.js";
import { createDelivery, type Delivery } from "./receiving/delivery.js";
import { createGate, type Gate } from "./receiving/gate.js";
import { createIntake, type Intake } from "./receiving/intake.js";
import { receive } from "./receiving/receive.js";
import type { Reception } from "./receiving/reception.js";
import { refuse } from "./receiving/refuse.js";
import { createLifetime } from "./scheduling/lifetime.js";
import { createOutbox, type Outbox } from "./sending/outbox.js";
import { createSettings, type Settings } from "./settings/createSettings.js";

/** What a manager consists of. */
export interface Parts {
  readonly context: Context;
  readonly settings: Settings;
  readonly state: State;
  readonly connection: Connection;
  readonly bundles: BundleSource;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly ownList: OwnListGuard;
  readonly effectWorker: EffectWorker;
  readonly gate: Gate;
  readonly intake: Intake;
  /** Decrypts in line with what arrives; what fails is the caller's to tell. */
  readSilently(message: PlacedMessage): Promise<Reception>;
  readonly rotation: Rotation;
  readonly iqs: Iqs;
  /** What an earlier run left was read: identity, undelivered messages. */
  readonly loaded: Promise<void>;
  /** Ends listening. */
  unlisten(): void;
}

/** Puts the parts together and listens at once, so that nothing that arrives early is lost. */
export function createParts(ports: OmemoPorts, given: OmemoOptions): Parts {
  const settings = createSettings(given, ports.backend);
  const { options } = settings;
  const lifetime = createLifetime();
  const connection = createConnection(options.clock, ports.transport.isOnline, lifetime);
  const state: State = { account: undefined, sequence: 0, isStarted: false };
  const transport = failFast(ports.transport, connection.onLoss);
  const around = { state, connection, lifetime };
  const context = createContext({ ...ports, transport }, options, around, (effects) =>
    effectWorker.enqueue(effects),
  );
  const gate = createGate(context);
  const bundles = createBundleSource(context);
  const outbox = createOutbox(ports.transport);
  const delivery = createDelivery(context);
  const notices = createNotices(context);
  const ownList = createOwnListGuard(context);
  const effectWorker: EffectWorker = createEffectWorker(context, {
    bundles,
    outbox,
    ready: connection.ready,
    catchUp: (room) => gate.catchUp(room, () => archives.catchUp(room)),
  });
  const loaded = loadState(context, state, delivery, notices);
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
    overflow: (message) => {
      if (context.hasAccount()) refuse(context, notices, message);
      archives.missed(message.place?.room);
    },
  });
  const take = (message: PlacedMessage, told: Notices): Promise<Reception> =>
    intake.run(() => receive(context, delivery, told, message));
  const archives = createArchiveFollower(context, (message) => take(message, notices));
  archives.online();
  const rotation = createRotation(context, connection.ready);
  const parts = { context, settings, state, connection, bundles, outbox, delivery, ownList };
  const iqs = createIqs({ context, bundles, notices, gate });
  const readSilently = (message: PlacedMessage): Promise<Reception> =>
    take(message, { ...notices, failed: async () => undefined, reflected: () => undefined });
  const rest = { effectWorker, gate, intake, readSilently, rotation, iqs, loaded };
  const stop = listen({ ...parts, gate, intake, archives });
  const unlisten = (): void => {
    stop();
    iqs.end();
  };
  return { ...parts, ...rest, unlisten };
}

function listen({
  context,
  connection,
  ownList,
  gate,
  intake,
  archives,
}: Pick<Parts, "context" | "connection" | "ownList" | "gate" | "intake"> & {
  readonly archives: ArchiveFollower;
}): () => void {
  const take = (message: PlacedMessage): void => archives.pass(message, intake.accept);
  const pass = (message: PlacedMessage): void => gate.pass(message, take);
  const interests = {
    nodes: [...context.options.versions.map(deviceListNode), GENERATION_NODE],
    features: [namespaces.eme],
  };
  return context.transport.listen(interests, (event: TransportEvent) => {
    if (event.kind === "presence") context.rooms.presence(event.stanza);
    else if (event.kind === "message") context.rooms.message(event, pass);
    else if (event.kind !== "item")
      onConnection(context, connection, ownList, archives, event.kind);
    // What a room says of devices is nobody's word.
    else if (!context.rooms.isRoom(event.owner)) intake.accept(event);
  });
}

async function loadState(
  context: Context,
  state: State,
  delivery: Delivery,
  notices: Notices,
): Promise<void> {
  state.account = await loadAccount(context);
  await context.catchUpMode.load();
  await notices.load();
  await delivery.load();
}
