import type { OmemoDevice, ReceivedMessage, ReceiveFailure, Sent } from "@omemo/core";

/** Stands in every text, so that one that leaves in the clear is found. */
export const MARK = "between us";

/** A text that a device tried to send; texts are unique. */
export interface SendEntry {
  readonly text: string;
  readonly from: string;
  readonly to: string;
  /** Set once the ratchets were durable and the stanzas went out. */
  sent: Sent | undefined;
  /** Why it was refused, when it was. */
  error: string | undefined;
}

/** A text that a device handed to its application. */
export interface DeliveryEntry {
  readonly device: string;
  readonly life: number;
  readonly inboxId: string;
  readonly text: string;
  readonly isRedelivery: boolean;
  readonly at: number;
}

export interface FailureEntry {
  readonly device: string;
  readonly reason: ReceiveFailure["reason"];
  readonly from: string;
  readonly originId: string | undefined;
  readonly at: number;
}

type Delivered = Pick<ReceivedMessage, "id" | "body" | "isRedelivery">;
type Failed = Pick<ReceiveFailure, "reason" | "from" | "originId">;

/** What the applications of a run saw, for the invariants to be checked against. */
export interface Ledger {
  readonly sends: readonly SendEntry[];
  readonly deliveries: readonly DeliveryEntry[];
  readonly failures: readonly FailureEntry[];
  /** What went wrong in the background, in words. */
  readonly troubles: readonly string[];
  /** Texts whose decryption is durable on a device. */
  readonly durable: ReadonlyMap<string, ReadonlySet<string>>;
  /** `device message` of keys that a backend refused, and why. */
  readonly refusals: ReadonlyMap<string, string>;
  /** OMEMO device of each simulated one. */
  readonly devices: ReadonlyMap<string, OmemoDevice>;
  /** When the processes of each device started, virtual ms. */
  readonly starts: ReadonlyMap<string, readonly number[]>;
  begin(from: string, to: string): SendEntry;
  hasDelivered(device: string, text: string): boolean;
  delivered(device: string, life: number, at: number, message: Delivered): void;
  failed(device: string, at: number, failure: Failed): void;
  committed(device: string, inboxId: string): void;
  refused(device: string, message: string, reason: string): void;
  /** Something in the background went wrong, and is perhaps tried again. */
  troubled(device: string, what: string, reason: string): void;
  started(device: string, at: number): void;
  named(device: string, omemo: OmemoDevice): void;
}

export function createLedger(): Ledger {
  const sends: SendEntry[] = [];
  const deliveries: DeliveryEntry[] = [];
  const failures: FailureEntry[] = [];
  const troubles: string[] = [];
  const durable = new Map<string, Set<string>>();
  const refusals = new Map<string, string>();
  const devices = new Map<string, OmemoDevice>();
  const starts = new Map<string, readonly number[]>();
  const texts = new Map<string, Set<string>>();
  return {
    sends,
    deliveries,
    failures,
    troubles,
    durable,
    refusals,
    devices,
    starts,
    begin: (from, to) => {
      const text = `${sends.length} from ${from}, ${MARK}`;
      const entry: SendEntry = { text, from, to, sent: undefined, error: undefined };
      sends.push(entry);
      return entry;
    },
    hasDelivered: (device, text) => texts.get(device)?.has(text) === true,
    delivered: (device, life, at, { id, body = "", isRedelivery }) => {
      texts.set(device, (texts.get(device) ?? new Set()).add(body));
      deliveries.push({ device, life, at, inboxId: id, text: body, isRedelivery });
    },
    failed: (device, at, { reason, from, originId }) => {
      failures.push({ device, reason, from, originId, at });
    },
    committed: (device, inboxId) => {
      durable.set(device, (durable.get(device) ?? new Set()).add(inboxId));
    },
    refused: (device, message, reason) => {
      refusals.set(`${device} ${message}`, reason);
    },
    troubled: (device, what, reason) => {
      troubles.push(`${device}: ${what}: ${reason}`);
    },
    started: (device, at) => {
      starts.set(device, [...(starts.get(device) ?? []), at]);
    },
    named: (device, omemo) => {
      devices.set(device, omemo);
    },
  };
}
