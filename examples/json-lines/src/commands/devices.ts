import type {
  DeviceActivity,
  DeviceInfo,
  DeviceLabel,
  OmemoFingerprint,
  OmemoVersion,
  StaleReason,
  TrustState,
} from "@omemo/core";
import { isSameDevice } from "@omemo/core";
import { type Command, textField } from "../command.js";
import { TRUST_LEVELS } from "../describe.js";
import type { Peer } from "../peer.js";

/** A device as it is told of. */
interface DescribedDevice {
  readonly device: number;
  readonly namespaces: readonly OmemoVersion[];
  /** 64 hex digits; `null` while its bundle was never seen. */
  readonly key: OmemoFingerprint | null;
  readonly x25519: OmemoFingerprint | null;
  readonly trust: string;
  /** Only what its own key has signed. */
  readonly label: string | null;
  readonly label_state: DeviceLabel["state"] | null;
  readonly active: Readonly<Record<string, boolean>>;
  readonly activity: DeviceActivity;
  readonly stale_because: readonly StaleReason[];
  readonly unanswered: number;
  readonly last_received: string | null;
  readonly first_seen: string | null;
  readonly listed_since: string | null;
}

/** Everything known of an account's devices, after asking the server for lists and keys. */
export async function devices(peer: Peer, command: Command): Promise<readonly DescribedDevice[]> {
  const jid = textField(command, "jid");
  const { manager } = peer;
  await manager.requestDeviceListUpdateFor(jid);
  await manager.getActiveFingerprints(jid);
  const known = await manager.getDevicesOf(jid);
  return Promise.all(known.map((info) => describe(peer, info)));
}

async function describe(peer: Peer, info: DeviceInfo): Promise<DescribedDevice> {
  const { manager } = peer;
  const isOwn = isSameDevice(info.device, manager.getOwnDevice());
  const fingerprint = isOwn ? manager.getOwnFingerprint() : info.fingerprint;
  const trust = isOwn ? "trusted" : await trustOf(peer, info);
  return {
    device: info.device.deviceId,
    namespaces: info.versions,
    key: fingerprint ?? null,
    x25519: fingerprint ?? null,
    trust: TRUST_LEVELS[trust],
    label: info.label?.state === "verified" ? info.label.text : null,
    label_state: info.label?.state ?? null,
    active: Object.fromEntries(info.versions.map((version) => [version, true])),
    ...describeLife(info),
  };
}

function describeLife({ activity, staleBecause, unanswered, ...moments }: DeviceInfo) {
  return {
    activity,
    stale_because: staleBecause,
    unanswered,
    last_received: dateOf(moments.lastReceivedAt),
    first_seen: dateOf(moments.firstSeenAt),
    listed_since: dateOf(moments.listedSince),
  };
}

function dateOf(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}

async function trustOf(peer: Peer, { device, fingerprint }: DeviceInfo): Promise<TrustState> {
  if (fingerprint === undefined) return "undecided";
  const [trust] = await peer.manager.getTrust([{ ...device, fingerprint }]);
  return trust ?? "undecided";
}
