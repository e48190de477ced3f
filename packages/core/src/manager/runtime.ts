import type { OmemoDevice } from "../domain/device.js";
import { OmemoError } from "../domain/error.js";
import type { BareJid } from "../domain/jid.js";
import { followBackend, outdatedVersions } from "./account/followBackend.js";
import { ensureKeys } from "./account/ownKeys.js";
import {
  announceAll,
  findOrCreateAccount,
  pruneExchanges,
  requireOwnStore,
} from "./account/startup.js";
import { afterLogin } from "./connection/onConnection.js";
import { requireOnline } from "./connection/requireOnline.js";
import type { Context, OmemoPorts } from "./context.js";
import { loadLists, refreshLists } from "./devices/deviceLists.js";
import { createDevices, type Devices } from "./devices/devices.js";
import type { OwnListEdit } from "./devices/editOwnList.js";
import { publishOnlyUs } from "./devices/enlist.js";
import { type TurnOffOptions, turnOff, turnOn } from "./devices/turnOff.js";
import { createHistory, type History } from "./history/history.js";
import type { OmemoOptions, OmemoSettings } from "./options.js";
import { refuseStoppedAccount } from "./optOut/refuseOptedOut.js";
import { createParts, type Parts } from "./parts.js";
import { type EmptyOutcome, type EmptyPurpose, sendEmpty } from "./sending/emptyMessage.js";

/** The parts of a manager, put together. */
export interface Runtime extends Parts {
  readonly devices: Devices;
  readonly history: History;
  /** @throws OmemoError `invalid-input` before `initialize`. */
  requireStarted(): void;
  initialize(signal?: AbortSignal): Promise<void>;
  /** @throws OmemoError `invalid-input` */
  configure(change: OmemoSettings): void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
  idle(): Promise<void>;
  sendEmpty(device: OmemoDevice, purpose: EmptyPurpose): Promise<EmptyOutcome>;
  refreshLists(owner: BareJid, signal?: AbortSignal): Promise<void>;
  rotate(): Promise<void>;
  purgeDeviceList(): Promise<readonly OwnListEdit[]>;
  withdraw(options?: TurnOffOptions): Promise<void>;
}

/** The parts as a whole, and what they do together. */
export function createRuntime(ports: OmemoPorts, given: OmemoOptions): Runtime {
  const parts = createParts(ports, given);
  const { context, bundles, outbox, state } = parts;
  const { versions } = context.options;
  const requireStarted = (): void => {
    if (!state.isStarted) throw new OmemoError("invalid-input", "call initialize() first");
    if (context.lifetime.isOver) throw new OmemoError("invalid-input", "the manager is closed");
  };
  return {
    ...parts,
    requireStarted,
    devices: createDevices(context, requireStarted),
    history: createHistory(context, requireStarted, parts.readSilently),
    initialize: (signal) => start(parts, signal),
    configure: (change) => configure(parts, change),
    pause: async () => {
      await parts.gate.close();
      await parts.intake.idle();
    },
    resume: async () => {
      parts.gate.open();
      await parts.intake.idle();
    },
    close: () => close(parts),
    idle: () => idle(parts),
    sendEmpty: async (device, purpose) => {
      requireStarted();
      requireOnline(context);
      const request = { device, versions: await versionsOf(context, device), purpose };
      return sendEmpty(context, bundles, outbox, request);
    },
    refreshLists: async (owner, signal) => {
      requireStarted();
      await refreshLists(context, owner, signal);
    },
    rotate: async () => {
      requireStarted();
      requireOnline(context);
      for (const version of versions) {
        await ensureKeys(context, version, true);
        parts.effectWorker.enqueue([{ kind: "publish-bundle", version }]); // now, also in a catch-up
      }
    },
    purgeDeviceList: async () => {
      requireStarted();
      return publishOnlyUs(context);
    },
    withdraw: (options = {}) => stop(parts, options),
  };
}

async function start(parts: Parts, signal: AbortSignal | undefined): Promise<void> {
  await parts.loaded;
  const { context, state, connection, ownList, rotation, effectWorker } = parts;
  if (!context.transport.isOnline) {
    throw new OmemoError("offline", "connect first, then initialize");
  }
  state.account = state.account ?? (await findOrCreateAccount(context));
  requireOwnStore(context, state.account);
  await refuseStoppedAccount(context);
  await turnOn(context);
  await pruneExchanges(context);
  await followBackend(context);
  await context.generation.ensure("check", signal);
  const { versions, rotateAt } = await announceAll(context, signal);
  ownList.watch(versions);
  state.isStarted = true;
  connection.started();
  context.enqueue(await outdatedVersions(context));
  context.enqueue(afterLogin(context));
  rotation.start(rotateAt);
  await effectWorker.load();
}

/** Also before `initialize`, so that what an earlier run began can be brought to its end. */
async function stop(parts: Parts, options: TurnOffOptions): Promise<void> {
  await parts.loaded;
  const { context, state, connection, ownList } = parts;
  requireOnline(context);
  requireOwnStore(context, context.account());
  ownList.watch([]);
  connection.stopped();
  state.isStarted = false;
  await turnOff(context, options);
}

/** What is planned by an option is planned anew. */
function configure(
  { context, settings, rotation, connection }: Parts,
  change: OmemoSettings,
): void {
  const { limits, options } = context;
  const before = settings.current();
  settings.configure(change);
  if (limits.signedPreKeyPeriod !== before.limits.signedPreKeyPeriod) rotation.again();
  const { requireMembersOnly } = options.rooms;
  if (requireMembersOnly !== before.rooms.requireMembersOnly) context.rooms.retell();
  if (options.catchUp && !before.catchUp && connection.isReady()) {
    context.enqueue(afterLogin(context));
  }
}

async function close({ context, unlisten, intake, delivery }: Parts): Promise<void> {
  unlisten();
  context.lifetime.end();
  await intake.idle();
  await context.mailbox.idle();
  await delivery.idle();
  await context.news.written();
}

async function idle({ context, intake, delivery, effectWorker }: Parts): Promise<void> {
  await context.rooms.idle();
  await intake.idle();
  await effectWorker.idle(); // archives among it, whose messages come behind those that were there
  await intake.idle();
  await delivery.idle();
  await context.news.idle();
  await effectWorker.idle();
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
