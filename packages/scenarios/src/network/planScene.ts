import {
  type DeliveryEntry,
  type DeliveryPlan,
  LEGACY,
  OMEMO_2,
  type OmemoBackend,
  type OmemoVersion,
  type XmlElement,
} from "@omemo/core";
import { bundleNode, xml } from "@omemo/core/wire";
import { countingBackend, messageKeys, type SeededRandom, seededRandom } from "@omemo/testkit";
import { manualTrust } from "@omemo/trust";
import { type Guest, type GuestOptions, type Party, party } from "./party.js";

/** What may be the matter with a device that somebody writes to. */
const TROUBLES = [
  "none",
  "untrusted",
  "undecided",
  "no-bundle",
  "hidden-bundle",
  "garbage",
  "bad-signature",
] as const;
const VERSIONS: readonly (readonly OmemoVersion[])[] = [[OMEMO_2], [LEGACY], [OMEMO_2, LEGACY]];

export const SENDER = "alice@example.org";
/** Accounts that may be written to; the last has never published anything. */
export const READERS = ["bob@example.org", "carol@example.org", "nobody@example.org"] as const;

/** Somebody about to send to devices with all kinds of troubles. */
export interface PlanScene {
  readonly at: Party;
  readonly sender: Guest;
  readonly random: SeededRandom;
}

/** Random devices, some of them with a session, some with a trouble, fixed by the seed. */
export async function planScene(seed: number): Promise<PlanScene> {
  const random = seededRandom(`plan ${seed}`);
  const at = party(`plan ${seed}`);
  const keys = messageKeys();
  const backend = (randomBytes: Parameters<typeof makeBackend>[1]) =>
    makeBackend(keys, randomBytes);
  const guest = (account: string, resource: string, options: GuestOptions = {}) => {
    return at.guest(account, resource, { backend, ...options });
  };
  const sender = guest(SENDER, "phone", {
    trust: manualTrust,
    undecided: random.pick(["stop", "skip", "skip"]),
    limits: {
      ...(random.chance(0.2) && { maxDevicesPerMessage: 2 }),
      ...(random.chance(0.3) && { maxUnanswered: 3, maxUnansweredLegacy: 3 }),
    },
  });
  const invite = (count: number, name: string): readonly Guest[] =>
    Array.from({ length: count }, (_, index) => {
      const account = random.pick([SENDER, READERS[0], READERS[0], READERS[1]]);
      return guest(account, `${name}-${index}`, { versions: random.pick(VERSIONS) });
    });
  const old = invite(1 + random.below(3), "old");
  await at.settle();
  await trustAll(at, sender);
  if (random.chance(0.3)) old[0]?.device.stop();
  for (const to of [READERS[0], READERS[1], READERS[0], READERS[0]]) {
    await at.world.complete(sender.manager.sendMessage(to, "hello").catch(() => undefined));
  }
  await at.world.runFor(30_000);
  const young = invite(random.below(3), "young");
  const present = [...old, ...young];
  await at.world.run(() => young.every((each) => each.isReady()));
  await at.world.runFor(30_000);
  await trustAll(at, sender);
  for (const each of present) await trouble(at, sender, each, random.pick(TROUBLES));
  return { at, sender, random };
}

function makeBackend(
  keys: ReturnType<typeof messageKeys>,
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>,
): OmemoBackend {
  return countingBackend({ keys, randomBytes });
}

async function trustAll({ world }: Party, { manager }: Guest): Promise<void> {
  for (const jid of [SENDER, ...READERS]) {
    const found = await world.complete(manager.getActiveFingerprints(jid).catch(() => []));
    for (const each of found) await world.complete(manager.trustOmemoIdentity(each));
  }
}

async function trouble(
  { world }: Party,
  { manager }: Guest,
  { omemo, manager: theirs }: Guest,
  what: (typeof TROUBLES)[number],
): Promise<void> {
  const identity = { ...omemo, fingerprint: theirs.getOwnFingerprint() };
  if (what === "untrusted" || what === "undecided") {
    await world.complete(manager.setTrust(identity, what));
    return;
  }
  if (what === "none") return;
  for (const version of [OMEMO_2, LEGACY] as const) {
    const { node: name, itemId } = bundleNode(version, omemo.deviceId);
    const node = world.network.account(omemo.jid).pep.nodes.get(name);
    const bundle = node?.items.get(itemId);
    if (node === undefined || bundle === undefined) continue;
    if (what === "no-bundle") node.items.delete(itemId);
    else if (what === "hidden-bundle") node.access = "whitelist";
    else
      node.items.set(
        itemId,
        what === "garbage" ? xml(bundle.name, bundle.attrs) : unsigned(bundle),
      );
  }
}

/** The bundle with a signature of the right length that nobody made. */
function unsigned(bundle: XmlElement): XmlElement {
  const forged = "A".repeat(86).concat("==");
  const children = bundle.children.map((child) => {
    const isSignature =
      typeof child !== "string" && ["spks", "signedPreKeySignature"].includes(child.name);
    return isSignature ? { ...child, children: [forged] } : child;
  });
  return { ...bundle, children };
}

/** A plan, or what became of a message, as lines that can be compared. */
export function linesOf(devices: readonly DeliveryEntry[]): readonly string[] {
  return devices
    .map((entry) => {
      const { device, identity, version, trust, action } = entry;
      const why = entry.action === "skip" ? `${entry.reason} ${entry.remedy.code}` : "";
      return [
        device.jid,
        device.deviceId,
        identity?.fingerprint,
        version,
        trust,
        action,
        why,
      ].join();
    })
    .sort();
}

/** Reasons and actions of a plan. */
export function featuresOf({ devices, obstacle }: DeliveryPlan): readonly string[] {
  const entries = devices.map((entry) => (entry.action === "skip" ? entry.reason : entry.action));
  return [...entries, ...(obstacle === undefined ? [] : [obstacle.code])];
}
