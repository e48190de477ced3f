import type { OmemoDevice } from "../domain/device.js";
import type { OmemoBackend } from "../ports/backend.js";
import type { OmemoStore } from "../ports/store.js";
import type { Clock, WebCrypto } from "../ports/surroundings.js";
import type { Transport } from "../ports/transport.js";
import type { OmemoTrustCallback } from "../ports/trust.js";
import type { OmemoArchive } from "../session/content/omemoArchive.js";
import type { OmemoLimits } from "../session/limits.js";
import type { AccountRecord } from "../session/records/accountRecord.js";
import type { Effect } from "../session/records/todoRecord.js";
import { createPublishing, type Publishing } from "./devices/publishing.js";
import { createEmitter, type Emitter } from "./events.js";
import type { Generation } from "./generation/generation.js";
import type { CatchUp } from "./history/catchUp.js";
import type { CatchUpMode } from "./history/catchUpMode.js";
import { createNewsDesk, type NewsDesk } from "./news/newsDesk.js";
import type { Rooms } from "./rooms/rooms.js";
import type { Lifetime } from "./scheduling/lifetime.js";
import { createMailbox, type Mailbox } from "./scheduling/mailbox.js";
import type { ResolvedOptions } from "./settings/resolveOptions.js";

/** The ports: what computes, what remembers, what decides and what carries; and what keeps, if any. */
export interface OmemoPorts {
  readonly backend: OmemoBackend;
  /** Belongs to this account and device alone. */
  readonly store: OmemoStore;
  readonly trust: OmemoTrustCallback;
  readonly transport: Transport;
  /** Keeps what was said, in the same store. Default: nothing is kept once the application took it. */
  readonly archive?: OmemoArchive | undefined;
}

/** What the parts of a manager share. */
export interface Context extends OmemoPorts {
  readonly options: ResolvedOptions;
  readonly limits: OmemoLimits;
  readonly clock: Clock;
  readonly crypto: WebCrypto;
  readonly mailbox: Mailbox;
  readonly publishing: Publishing;
  readonly events: Emitter;
  readonly news: NewsDesk;
  /** Ends when the manager is closed. */
  readonly lifetime: Lifetime;
  /** Who we are; throws while `initialize` has not made or found an identity. */
  account(): AccountRecord;
  hasAccount(): boolean;
  /** Since when this stream is up, ms since 1970: what was seen before may be outdated. */
  onlineSince(): number;
  enqueue(effects: readonly Effect[]): void;
  readonly catchUp: CatchUp;
  readonly catchUpMode: CatchUpMode;
  readonly generation: Generation;
  readonly rooms: Rooms;
  /** Grows with every call, so that messages of one millisecond keep their order. */
  nextSequence(): number;
}

/** Our own device. */
export function ownDevice(context: Context): OmemoDevice {
  const { jid, deviceId } = context.account();
  return { jid, deviceId };
}

/** What changes over time, and is the caller's to add. */
type Changing =
  | "lifetime"
  | "account"
  | "hasAccount"
  | "onlineSince"
  | "enqueue"
  | "nextSequence"
  | "catchUp"
  | "catchUpMode"
  | "generation"
  | "rooms";

/** The parts every context has. */
export function contextBase(ports: OmemoPorts, options: ResolvedOptions): Omit<Context, Changing> {
  const { limits, clock, crypto } = options;
  const { backend, store, trust, transport, archive } = ports;
  const shared = { mailbox: createMailbox(), publishing: createPublishing(store) };
  const events = createEmitter();
  const given = { backend, store, trust, transport, archive, options };
  const news = createNewsDesk({ store, events });
  return { ...given, limits, clock, crypto, ...shared, events, news };
}
