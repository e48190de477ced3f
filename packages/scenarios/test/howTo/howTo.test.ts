import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nobleBackend } from "@omemo/backend-noble";
import {
  memoryStore,
  type OmemoManager,
  type OmemoOptions,
  type OmemoPorts,
  type OmemoStore,
  type XmlElement,
} from "@omemo/core";
import { blindTrust, manualTrust, type TrustPolicy } from "@omemo/trust";
import type { AutomaticTrust } from "@omemo/trust/atm";
import { describe, expect, it, onTestFinished } from "vitest";
import { importBlock } from "../../src/howTo/importBlock.js";
import { type Guest, type Party, party } from "../../src/network/party.js";
import { ROOM, roomScene, sayInRoom } from "../../src/network/roomScene.js";

const ALICE = "alice@example.org";
const BOB = "bob@example.org";

describe("what the how-to shows for", () => {
  it("core starts a manager that reads, writes, and says who would read", async () => {
    const { startOmemo } = await importBlock<{
      startOmemo(
        ports: OmemoPorts,
        show: (from: string, text: string) => Promise<void>,
        options: OmemoOptions,
      ): Promise<OmemoManager>;
    }>("core.md", "startOmemo");
    const { write } = await importBlock<{
      write(manager: OmemoManager, to: string, text: string, unsent: XmlElement[]): Promise<string>;
    }>("core.md", "write");
    const { readersOf } = await importBlock<{
      readersOf(manager: OmemoManager, to: string): Promise<readonly string[]>;
    }>("core.md", "readersOf");
    const { at, alice, bob } = await twoGuests();
    const shown: string[] = [];
    const device = at.world.device("carol@example.org", "phone");
    device.start(async ({ store, transport, clock, crypto, randomBytes }) => {
      const ports = { backend: nobleBackend({ randomBytes }), trust: blindTrust(store) };
      await clock.sleep(1000); // until it is online
      const show = async (from: string, text: string) => void shown.push(`${from}: ${text}`);
      await startOmemo({ ...ports, store, transport }, show, { clock, crypto });
    });
    await at.settle();
    await at.say(bob, "carol@example.org", "good morning");
    expect(shown).toEqual([`${BOB}: good morning`]);
    expect(await at.world.complete(readersOf(alice.manager, BOB))).toEqual([
      `${BOB} ${bob.omemo.deviceId}: yes`,
    ]);
    const unsent: XmlElement[] = [];
    expect(await at.world.complete(write(alice.manager, BOB, "hello", unsent))).toBe("");
    await at.settle();
    expect([bob.texts, unsent]).toEqual([["hello"], []]);
    const wary = at.guest("dave@example.org", "phone", { trust: (store) => manualTrust(store) });
    await at.settle();
    const told = await at.world.complete(write(wary.manager, BOB, "hello", unsent));
    expect(told).toBe(`decide first about ${bob.manager.getOwnFingerprint()}`);
  });

  it("trust asks, explains, and verifies by a link", async () => {
    const { makePolicy } = await importBlock<{ makePolicy(store: OmemoStore): TrustPolicy }>(
      "trust.md",
      "makePolicy",
    );
    const { ownLink, scanned } = await importBlock<{
      ownLink(manager: OmemoManager): string;
      scanned(
        manager: OmemoManager,
        trust: TrustPolicy,
        contact: string,
        text: string,
      ): Promise<string>;
    }>("trust.md", "scanned");
    const { why } = await importBlock<{
      why(trust: TrustPolicy, identity: unknown): Promise<string>;
    }>("trust.md", "why");
    const { at, alice, bob } = await twoGuests();
    const policy = makePolicy(memoryStore());
    const scan = (contact: string, link: string) =>
      at.world.complete(scanned(alice.manager, policy, contact, link));
    const link = ownLink(bob.manager);
    expect(await scan(BOB, link.replace(BOB, ALICE))).toBe("nothing");
    expect(await scan(BOB, "xmpp:nobody")).toBe("nothing");
    expect(await scan(BOB, link.replace(/=..../, "=0000"))).toBe("attack?");
    const [key] = await at.world.complete(alice.manager.getActiveFingerprints(BOB));
    const before = await why(policy, key);
    expect(await scan(BOB, link)).toBe("verified");
    expect(await why(policy, key)).not.toBe(before);
  });

  it("trust answers for the user while a message waits", async () => {
    const { undecided } = await importBlock<{
      undecided(trust: TrustPolicy, ask: () => Promise<boolean>): OmemoOptions["undecided"];
    }>("trust.md", "undecided");
    const policy = manualTrust(memoryStore());
    const asks = undecided(policy, async () => true);
    const { at, alice, bob } = await twoGuests({ trust: () => policy, undecided: asks ?? "stop" });
    await at.say(alice, BOB, "hello");
    expect(bob.texts).toEqual(["hello"]);
  });

  it("trust lets one comparison count on the other device", async () => {
    const { makeAutomatic } = await importBlock<{
      makeAutomatic(store: OmemoStore, notice: (text: string) => void): AutomaticTrust;
    }>("trust.md", "makeAutomatic");
    const at = party();
    const told: string[] = [];
    const [ofPhone, ofLaptop] = [0, 1].map(() =>
      makeAutomatic(memoryStore(), (text) => told.push(text)),
    ) as [AutomaticTrust, AutomaticTrust];
    const phone = at.guest(ALICE, "phone", { trust: () => ofPhone });
    const laptop = at.guest(ALICE, "laptop", { trust: () => ofLaptop });
    const bob = at.guest(BOB);
    await at.settle();
    ofPhone.manage(phone.manager);
    ofLaptop.manage(laptop.manager);
    const keyOf = ({ manager, omemo }: Guest) => ({
      ...omemo,
      fingerprint: manager.getOwnFingerprint(),
    });
    await at.world.complete(ofPhone.decide(keyOf(laptop), "authenticated"));
    await at.world.complete(ofLaptop.decide(keyOf(phone), "authenticated"));
    await at.settle();
    await at.world.complete(ofPhone.decide(keyOf(bob), "authenticated"));
    await at.settle();
    expect(told).toEqual([`${BOB}: a key is authenticated now`]);
    expect(await ofLaptop.explain([keyOf(bob)])).toMatchObject([{ reason: "vouched-for" }]);
  });

  it("rooms writes, shows who said it, and says why not", async () => {
    const { speak } = await importBlock<{
      speak(manager: OmemoManager, room: string, text: string): Promise<string>;
    }>("rooms.md", "speak");
    const { follow } = await importBlock<{
      follow(manager: OmemoManager, show: (line: string) => void): void;
    }>("rooms.md", "follow");
    const scene = await roomScene();
    const lines: string[] = [];
    follow(scene.bob.manager, (line) => lines.push(line));
    const say = () => scene.at.world.complete(speak(scene.alice.manager, ROOM, "hello all"));
    expect(await say()).toBe("");
    await scene.at.settle();
    await sayInRoom(scene, scene.bob, "hello");
    expect(lines).toEqual([
      `Ally (${ALICE}, trusted): hello all`,
      expect.stringContaining("everybody has "),
    ]);
    scene.room.configure({ isAnonymous: true });
    await scene.at.settle();
    expect(await say()).toBe("not encrypted here: non-anonymous");
  });

  it("history shows a conversation, newest first, and closes its catch-up", async () => {
    const { scrollBack } = await importBlock<{
      scrollBack(
        manager: OmemoManager,
        contact: string,
        show: (line: string) => void,
      ): Promise<void>;
    }>("history.md", "scrollBack");
    const { at, alice, bob } = await twoGuests({ catchUp: false });
    await at.say(bob, ALICE, "first");
    await at.say(alice, BOB, "second");
    const lines: string[] = [];
    await at.world.complete(scrollBack(alice.manager, BOB, (line) => lines.push(line)));
    expect(lines).toEqual(["own", "own", "duplicate"]); // a text, the answer to a new session, a text
    expect(alice.manager.history.isCatchingUp).toBe(false);
  });

  it("testkit brings an answer", async () => {
    const { echoes } = await importBlock<{ echoes(seed: number): Promise<readonly string[]> }>(
      "testkit.md",
      "echoes",
    );
    expect(await echoes(1)).toEqual(["echo: hello"]);
  });

  it("store-file and store-caching go around one another", async () => {
    const { openState } = await importBlock<{ openState(path: string): Promise<OmemoStore> }>(
      "store-file.md",
      "openState",
    );
    const { withCache, increment } = await importBlock<{
      withCache(store: OmemoStore): OmemoStore;
      increment(store: OmemoStore): Promise<void>;
    }>("store-caching.md", "increment");
    const folder = mkdtempSync(join(tmpdir(), "omemo-how-to-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const store = withCache(await openState(join(folder, "state")));
    await Promise.all([increment(store), increment(store)]);
    const [record] = await store.get([["counter"]]);
    expect(record?.value).toEqual(Uint8Array.of(2));
    await store.close();
  });
});

async function twoGuests(
  options: Parameters<Party["guest"]>[2] = {},
): Promise<{ readonly at: Party; readonly alice: Guest; readonly bob: Guest }> {
  const at = party();
  const alice = at.guest(ALICE, "phone", options);
  const bob = at.guest(BOB);
  await at.settle();
  return { at, alice, bob };
}
