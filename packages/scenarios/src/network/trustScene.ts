import {
  type BareJid,
  bareJid,
  OMEMO_2,
  type OmemoFingerprint,
  type OmemoIdentity,
} from "@omemo/core";
import { bundleNode } from "@omemo/core/wire";
import {
  addDevice,
  combineLies,
  countingBackend,
  hideDevice,
  messageKeys,
  type ProcessPorts,
  type SeededRandom,
  type ServerBehaviour,
  swapBundle,
} from "@omemo/testkit";
import type { TrustPolicy } from "@omemo/trust";
import { type AutomaticTrust, automaticTrust, type ManagedTrust } from "@omemo/trust/atm";
import { type Guest, type GuestOptions, type Party, party } from "./party.js";
import { witnessKeys } from "./witnessKeys.js";

export const ALICE: BareJid = bareJid("alice@example.org");
export const BOB: BareJid = bareJid("bob@example.org");
export const MALLORY: BareJid = bareJid("mallory@example.org");

/** A device with a policy, and what it may not do. */
export interface Truster {
  readonly guest: Guest;
  /** Of the running process. */
  readonly trust: TrustPolicy;
  /** Of {@link Truster.trust}, where it is automatic. */
  readonly managed: ManagedTrust;
  /** Keys for which it encrypted something with content. */
  readonly used: ReadonlySet<OmemoFingerprint>;
  /** Keys for which it did although its policy had not just allowed it: must be empty. */
  readonly forbidden: readonly OmemoFingerprint[];
  identity(): OmemoIdentity;
  decide(other: Truster | OmemoIdentity, level: string): Promise<void>;
  levelOf(other: Truster | OmemoIdentity): Promise<string>;
}

export type MakeTrust = (
  ports: Pick<ProcessPorts, "store" | "clock">,
) => TrustPolicy | AutomaticTrust;

/** People and a server on a simulated network, all in one version and with keys that are counted. */
export interface TrustScene extends Party {
  truster(
    account: string,
    resource: string,
    make?: MakeTrust,
    options?: Pick<GuestOptions, "versions" | "seals">,
  ): Truster;
  /** Until nothing is under way, trust messages included. */
  rest(): Promise<void>;
}

export const automatic: MakeTrust = ({ store, clock }) => automaticTrust(store, { clock });

export function trustScene(seed: number | string): TrustScene {
  const scene = party(seed);
  const keys = messageKeys();
  const trusters: Truster[] = [];
  return {
    ...scene,
    truster: (account, resource, make = automatic, options = {}) => {
      const invite = (given: GuestOptions) =>
        scene.guest(account, resource, { ...given, ...options });
      const truster = createTruster(scene, keys, invite, make);
      trusters.push(truster);
      return truster;
    },
    rest: async () => {
      await scene.settle();
      for (const { managed } of trusters) await scene.world.complete(managed.idle());
      await scene.settle();
    },
  };
}

function createTruster(
  { world }: Party,
  keys: ReturnType<typeof messageKeys>,
  invite: (options: GuestOptions) => Guest,
  make: MakeTrust,
): Truster {
  const used = new Set<OmemoFingerprint>();
  const forbidden: OmemoFingerprint[] = [];
  const allowed = new Map<OmemoFingerprint, boolean>();
  const witness = witnessKeys((encrypted) => {
    for (const key of encrypted) used.add(key);
    forbidden.push(...encrypted.filter((key) => allowed.get(key) !== true));
  });
  let policy: TrustPolicy | AutomaticTrust | undefined;
  let managed: ManagedTrust = { idle: async () => undefined, close: async () => undefined };
  const trust = (): TrustPolicy => {
    if (policy === undefined) throw new RangeError("not started");
    return policy;
  };
  const guest = invite({
    versions: [OMEMO_2],
    undecided: "skip",
    backend: (randomBytes) => witness(countingBackend({ keys, randomBytes })),
    trustIn: (ports) => {
      const made = make(ports);
      policy = made;
      return {
        ...made,
        getTrust: async (identities, conversation) => {
          const states = await made.getTrust(identities, conversation);
          for (const [index, { fingerprint }] of identities.entries()) {
            allowed.set(fingerprint, states[index] === "trusted");
          }
          return states;
        },
      };
    },
    onManager: (manager) => {
      if (policy !== undefined && "manage" in policy) managed = policy.manage(manager);
    },
  });
  const identity = (): OmemoIdentity => ({
    ...guest.omemo,
    fingerprint: guest.manager.getOwnFingerprint(),
  });
  const keyOf = (other: Truster | OmemoIdentity): OmemoIdentity =>
    "guest" in other ? other.identity() : other;
  return {
    guest,
    get trust() {
      return trust();
    },
    get managed() {
      return managed;
    },
    used,
    forbidden,
    identity,
    decide: (other, level) => world.complete(trust().decide(keyOf(other), level)),
    levelOf: async (other) => {
      const [found] = await world.complete(trust().explain([keyOf(other)]));
      return found?.level ?? found?.reason ?? "";
    },
  };
}

/** What a server does that wants to read along: it hides, adds and swaps devices of an account. */
export function lieAboutDevices(
  { world: { network } }: Party,
  dice: SeededRandom,
  victims: readonly Truster[],
  mallory: Truster,
): ServerBehaviour {
  const victim = dice.pick(victims).identity();
  const added = { jid: victim.jid, deviceId: mallory.identity().deviceId };
  const { nodes } = network.account(MALLORY).pep;
  const bundle = bundleNode(OMEMO_2, added.deviceId);
  const shown: ServerBehaviour = {
    item: ({ owner, node, itemId }, honest) =>
      owner === added.jid && node === bundle.node && itemId === bundle.itemId
        ? (nodes.get(bundle.node)?.items.get(bundle.itemId) ?? honest)
        : honest,
  };
  return dice.pick([
    {},
    hideDevice(victim.jid, victim.deviceId),
    combineLies(addDevice(added.jid, added.deviceId), shown),
    swapBundle(network, victim, mallory.identity()),
  ]);
}
