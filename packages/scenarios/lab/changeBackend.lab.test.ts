import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabDevice } from "./harness/labDevice.js";
import { canRun, libsignalModule } from "./harness/labPrograms.js";
import { ownPeer } from "./harness/ownPeer.js";
import type { Pairing, Side } from "./harness/pairing.js";
import { Stage } from "./harness/stage.js";
import { type LabServer, type ServerKind, startServer } from "./harness/startServer.js";
import { licensedPairings } from "./pairings.js";

const BACKENDS = ["noble", libsignalModule, "noble", libsignalModule];

/** Ours, on the next backend of the list each time it starts. */
function changing(side: Side): Side {
  let life = 0;
  return {
    ...side,
    launch: (seat) => {
      const backend = BACKENDS[life % BACKENDS.length];
      life += 1;
      return ownPeer("tcp", backend)(seat);
    },
  };
}

/** Starts on the next backend; a contact that can tell has heard of it by then. */
async function startAgain(ours: LabDevice, { peer, side }: LabDevice): Promise<void> {
  const announced = () => peer.log.events.filter(({ ev }) => ev === "empty").length;
  const before = announced();
  await ours.start();
  if (side.program !== "json-lines") return;
  await peer.log.waitUntil("the new session", () => (announced() > before ? true : undefined));
}

/** A contact of both versions learns from a new session in one of them that ours left the other. */
async function waitForOneVersion({ peer, side }: LabDevice, ours: LabDevice): Promise<void> {
  if (side.program !== "json-lines") return;
  await peer.log.waitUntil("the list without ours", () => {
    const lists = peer.log.events.filter(({ ev, jid, ns }) => {
      return ev === "device_list" && jid === ours.jid && ns === "urn:xmpp:omemo:2";
    });
    const isListed = Object.hasOwn(Object(lists.at(-1)?.devices), ours.peer.deviceId);
    return isListed ? undefined : true;
  });
}

async function talk(left: LabDevice, right: LabDevice, about: string): Promise<void> {
  await left.send(right, `${about}: from the left`);
  await right.waitForTexts([`${about}: from the left`]);
  await right.send(left, `${about}: from the right`);
  await left.waitForTexts([`${about}: from the right`]);
}

function describeChanges(kind: ServerKind, { left, right, version, name }: Pairing): void {
  const programs = [kind, left.program, right.program] as const;
  describe.skipIf(!canRun(programs))(`${name}, on another backend each time, on ${kind}`, () => {
    let server: LabServer;
    beforeAll(async () => {
      server = await startServer(kind, { forProfanity: programs.includes("profanity") });
    });
    afterAll(() => server.stop());

    it("keeps its device, and goes on with its contact", { timeout: 180_000 }, async () => {
      const stage = await Stage.open({ name, left: changing(left), right, version }, server);
      try {
        const [ours, other] = await stage.startPair();
        const { deviceId } = ours.peer;
        await talk(ours, other, "life 0");
        for (const life of [1, 2, 3]) {
          await ours.peer.quit();
          await startAgain(ours, other);
          expect(ours.peer.deviceId).toBe(deviceId);
          if (BACKENDS[life] === libsignalModule) await waitForOneVersion(other, ours);
          await talk(ours, other, `life ${life}`);
        }
        expect(ours.texts()).toHaveLength(BACKENDS.length);
        expect(stage.complaints()).toEqual([]);
        await stage.checkSilence();
      } finally {
        await stage.close();
      }
    });
  });
}

for (const pairing of licensedPairings) {
  describeChanges("prosody", pairing);
  describeChanges("ejabberd", pairing);
}
