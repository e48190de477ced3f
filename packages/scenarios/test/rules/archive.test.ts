import { createArchive } from "@omemo/archive";
import { isOmemoError, LEGACY, OMEMO_2 } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { simulatedDisk, tamper } from "@omemo/testkit";
import { manualTrust } from "@omemo/trust";
import { describe, expect, it } from "vitest";
import {
  archivedTexts,
  archiveOf,
  archivists,
  entriesOf,
  watchCommits,
} from "../../src/network/archivist.js";
import { party } from "../../src/network/party.js";
import { ALICE, BOB, ROOM, rejection, roomScene, sayInRoom } from "../../src/network/roomScene.js";
import { spoilKeys } from "../../src/network/spoilKeys.js";

describe("the plaintext archive", () => {
  it("has each message once, whichever way it came: sent, live, by carbon and from the server's archive [O2-132, O2-120, MAM-07, MAM-10]", async () => {
    const at = party();
    const options = archivists();
    const alice = at.guest(ALICE, "phone", options);
    const bob = at.guest(BOB, "phone", options);
    const laptop = at.guest(BOB, "laptop", options);
    await at.settle();
    await at.say(alice, BOB, "to both");
    laptop.device.stop();
    await at.world.complete(bob.manager.sendMessage(ALICE, "while the laptop was away"));
    await at.world.runFor(5000);
    await at.world.complete(alice.manager.sendMessage(BOB, "and so was this"));
    await at.world.runFor(5000);
    laptop.start();
    await at.settle();
    await at.say(bob, ALICE, "seen by carbon");
    const all = ["to both", "while the laptop was away", "and so was this", "seen by carbon"];
    for (const guest of [alice, bob, laptop]) {
      expect(await archivedTexts(archiveOf(guest))).toEqual(all);
    }
    const told = async (guest: typeof bob) =>
      (await entriesOf(archiveOf(guest))).map(({ direction, device, from, conversation }) => {
        return [direction, from, conversation, device.deviceId];
      });
    expect(await told(laptop)).toEqual([
      ["received", ALICE, ALICE, alice.omemo.deviceId],
      ["sent", BOB, ALICE, bob.omemo.deviceId],
      ["received", ALICE, ALICE, alice.omemo.deviceId],
      ["sent", BOB, ALICE, bob.omemo.deviceId],
    ]);
    expect(await told(bob)).toEqual(await told(laptop));
  });

  it("has a message that came in both versions once, and of one that left in both says so [O2-178, O2-179]", async () => {
    const at = party();
    const options = archivists();
    const alice = at.guest(ALICE, "phone", options);
    const bob = at.guest(BOB, "phone", { ...options, versions: [OMEMO_2] });
    const old = at.guest(BOB, "old", { ...options, versions: [LEGACY] });
    await at.settle();
    const sent = await at.world.complete(alice.manager.sendMessage(BOB, "hello"));
    await at.settle();
    const versions = async (guest: typeof bob) =>
      (await archiveOf(guest).find(guest === alice ? BOB : ALICE, sent.id)).map((entry) => {
        return [entry.body, entry.originId, entry.versions];
      });
    expect(await versions(alice)).toEqual([["hello", sent.id, [OMEMO_2, LEGACY]]]);
    expect(await versions(bob)).toEqual([["hello", sent.id, [OMEMO_2]]]);
    expect(await versions(old)).toEqual([["hello", sent.id, [LEGACY]]]);
  });

  it("has what the application has not taken over yet, and has it once when it takes it", async () => {
    const at = party();
    const options = archivists();
    const alice = at.guest(ALICE, "phone", options);
    const refusal = { isOn: true };
    const bob = at.guest(BOB, "phone", {
      ...options,
      onMessage: () => {
        if (refusal.isOn) throw new Error("not now");
      },
    });
    await at.settle();
    await at.say(alice, BOB, "hello");
    expect(await archivedTexts(archiveOf(bob))).toEqual(["hello"]);
    refusal.isOn = false;
    bob.device.crash();
    await at.settle();
    const again = bob.messages.at(-1);
    expect(again?.isRedelivery).toBe(true);
    expect(await archiveOf(bob).get(again?.id ?? "")).toMatchObject({ body: "hello" });
    expect(await archivedTexts(archiveOf(bob))).toEqual(["hello"]);
  });

  it("has each message once where two tabs on one store read and write at the same time (invariant 9)", async () => {
    const at = party();
    const options = archivists();
    const disk = simulatedDisk();
    const alice = at.guest(ALICE, "phone", options);
    const tabs = ["tab", "other tab"].map((name) => {
      return at.guest(BOB, name, { ...options, device: { disk } });
    });
    await at.settle();
    const texts = ["one", "two", "three", "four"];
    const sending = texts.flatMap((text) => [
      alice.manager.sendMessage(BOB, `${text} from Alice`),
      ...tabs.map((tab, index) => tab.manager.sendMessage(ALICE, `${text} from tab ${index}`)),
    ]);
    await at.world.complete(Promise.all(sending));
    await at.settle();
    const said = ["Alice", "tab 0", "tab 1"].flatMap((who) =>
      texts.map((text) => `${text} from ${who}`),
    );
    expect([...(await archivedTexts(createArchive(disk.open())))].sort()).toEqual(said.sort());
    expect([...(await archivedTexts(archiveOf(alice)))].sort()).toEqual(said);
  });

  it("has neither what could not be decrypted nor what was never encrypted (invariant 3)", async () => {
    const at = party();
    const options = archivists();
    const alice = at.guest(ALICE, "phone", { ...options, trust: manualTrust });
    const bob = at.guest(BOB, "phone", options);
    await at.settle();
    const undecided = await rejection(at.world.complete(alice.manager.sendMessage(BOB, "unsaid")));
    expect(isOmemoError(undecided) && undecided.code).toBe("undecided-identities");
    await at.say(bob, ALICE, "hello");
    at.world.network.behaviour = tamper((stanza, to) => {
      return to.account === ALICE ? spoilKeys(stanza) : stanza;
    });
    await at.say(bob, ALICE, "spoilt");
    expect(alice.failures.map(({ reason }) => reason)).toEqual(["not-authentic"]);
    expect(await entriesOf(archiveOf(alice))).toMatchObject([
      { body: "hello", trust: "undecided" },
    ]);
    expect(await archivedTexts(archiveOf(bob))).toEqual(["hello", "spoilt"]);
  });

  it("has a message whose stanzas could not leave, since its keys are spent", async () => {
    const at = party();
    const options = archivists();
    const commits = watchCommits((written) => {
      if (written.includes("archive-entry")) alice.device.connection?.goOffline();
    });
    const alice = at.guest(ALICE, "phone", { ...options, wrapStore: commits.store });
    at.guest(BOB, "phone", options);
    await at.settle();
    const failure = await rejection(at.world.complete(alice.manager.sendMessage(BOB, "stuck")));
    expect(isOmemoError(failure) && failure.unsent.length).toBeGreaterThan(0);
    expect(await archivedTexts(archiveOf(alice))).toEqual(["stuck"]);
  });

  it("has what is said in a room, with who said it under which name, and learns the room's ids [MUC-08, MUC-11]", async () => {
    const scene = await roomScene(archivists());
    const { alice, bob } = scene;
    const sent = await sayInRoom(scene, alice, "to all");
    const room = { jid: ROOM, nick: "Ally", established: "presence" };
    for (const guest of [alice, bob]) {
      const entries = await entriesOf(archiveOf(guest));
      expect(entries).toMatchObject([
        { body: "to all", from: ALICE, conversation: ROOM, room, originId: sent.id },
      ]);
    }
    const [reflection] = alice.reflections;
    if (reflection === undefined) throw new Error("nothing came back from the room");
    expect(await archiveOf(alice).learn(reflection)).toBe(true);
    const [theirs] = await entriesOf(archiveOf(bob));
    expect(theirs?.archiveId).toBeDefined();
    const found = await archiveOf(alice).find(ROOM, theirs?.archiveId ?? "");
    expect(found.map(({ body }) => body)).toEqual(["to all"]);
  });

  it("is for messages: requests and answers of clients are not in it [SCE-12]", async () => {
    const at = party();
    const options = { ...archivists(), versions: [OMEMO_2] };
    const alice = at.guest(ALICE, "phone", options);
    const bob = at.guest(BOB, "phone", options);
    await at.settle();
    bob.manager.onIq(() => [xml("pong", { xmlns: "urn:example:ping" })]);
    const ping = xml("ping", { xmlns: "urn:example:ping" });
    await at.world.complete(alice.manager.sendIq(`${BOB}/phone`, "get", [ping]));
    await at.settle();
    for (const guest of [alice, bob]) expect(await entriesOf(archiveOf(guest))).toEqual([]);
  });

  it("is written in the commit of the ratchet's step, and in no other (invariant 1)", async () => {
    const at = party();
    const commits = watchCommits();
    const options = archivists();
    const alice = at.guest(ALICE, "phone", { ...options, wrapStore: commits.store });
    const bob = at.guest(BOB, "phone", options);
    await at.settle();
    await at.say(alice, BOB, "one");
    await at.say(bob, ALICE, "two");
    const archived = commits.collections.filter((each) => each.includes("archive-entry"));
    expect(archived).toHaveLength(2);
    for (const each of archived) expect(each).toContain("session");
    const received = commits.collections.filter((each) => each.includes("inbox"));
    expect(received).toEqual(archived.slice(1));
    expect(await archivedTexts(createArchive(alice.device.disk.open()))).toEqual(["one", "two"]);
  });
});
