import { formatFingerprint, isOmemoError } from "@omemo/core";
import type { Device } from "../stage/device.js";
import type { Stage } from "../stage/stage.js";

/** Nothing leaves for keys that nobody decided about; so they meet, compare and trust. */
export async function compareFingerprints(stage: Stage): Promise<void> {
  const { narrator, alice, bob, people } = stage;
  narrator.chapter("They compare fingerprints before a word is said");
  const error: unknown = await alice
    .device("phone")
    .send(bob.address, "too early")
    .catch((reason: unknown) => reason);
  const undecided = isOmemoError(error) ? error.identities.length : 0;
  narrator.tell(`Alice writes to Bob at once. Nothing leaves: ${undecided} keys are undecided.`);
  narrator.check(
    "A message to unknown keys is stopped, and names the keys",
    isOmemoError(error) && error.code === "undecided-identities" && undecided === 3,
  );

  narrator.tell("They meet. Each shows a screen, and the others compare. One of them:");
  const shown = bob.device("tablet").manager.getOwnFingerprint();
  narrator.tell(`Bob's tablet  ${formatFingerprint(shown)}`);

  let compared = 0;
  let equal = 0;
  for (const device of stage.devices) {
    for (const person of people) {
      const result = await compare(device, person.address, stage.devices);
      compared += result.compared;
      equal += result.equal;
    }
  }
  const pairs = stage.devices.length * (stage.devices.length - 1);
  narrator.check(
    `${compared} comparisons, ${equal} equal: all keys are trusted now`,
    compared === pairs && equal === pairs,
  );
}

/** What one device sees of an account, against what those devices show; what is equal is trusted. */
async function compare(device: Device, address: string, all: readonly Device[]) {
  const seen = await device.manager.getActiveFingerprints(address);
  let equal = 0;
  for (const identity of seen) {
    const shown = all.find(({ manager }) => {
      const own = manager.getOwnDevice();
      return own.jid === identity.jid && own.deviceId === identity.deviceId;
    });
    if (shown?.manager.getOwnFingerprint() !== identity.fingerprint) continue;
    await device.manager.trustOmemoIdentity(identity);
    equal += 1;
  }
  return { compared: seen.length, equal };
}
