import { OMEMO_2 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import { KEY, LAPTOP, OPT_OUT, OWN, ROMEO, ROOM, scriptedPeer } from "./scriptedPeer.js";

describe("a command", () => {
  it("send encrypts a body, and tells which devices can read it and which cannot", async () => {
    const { peer, calls, events } = scriptedPeer();
    const result = await execute(peer, { cmd: "send", to: ROMEO, body: "hello" });
    expect(result).toBeNull();
    expect(calls).toEqual([["sendContent", ROMEO, ["<body xmlns='jabber:client'>hello</body>"]]]);
    expect(events).toEqual([
      {
        ev: "sent",
        to: ROMEO,
        ns: OMEMO_2,
        id: "m1",
        empty: false,
        keys: [{ jid: ROMEO, device: 2, kex: true }],
      },
      { ev: "failed", error: "not encrypted for romeo@example.net/3: no-bundle" },
    ]);
  });

  it("send encrypts any element, alone or beside a body", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "send", to: ROMEO, content: "<x xmlns='urn:x'/>" });
    await execute(peer, { cmd: "send", to: ROMEO, content: "<x xmlns='urn:x'/>", body: "b" });
    expect(calls).toEqual([
      ["sendContent", ROMEO, ["<x xmlns='urn:x'/>"]],
      ["sendContent", ROMEO, ["<x xmlns='urn:x'/>", "<body xmlns='jabber:client'>b</body>"]],
    ]);
  });

  it("send takes an id, and says what archives need not keep", async () => {
    const { peer, calls } = scriptedPeer();
    const content = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
    await execute(peer, { cmd: "send", to: ROMEO, content, message: "m7", ephemeral: true });
    expect(calls).toEqual([["sendContent", ROMEO, [content], { id: "m7", isEphemeral: true }]]);
    const wrong = execute(peer, { cmd: "send", to: ROMEO, content, ephemeral: "yes" });
    await expect(wrong).rejects.toThrow(/ephemeral/);
  });

  it("iq asks a client, and gives its answer [SCE-12]", async () => {
    const { peer, calls } = scriptedPeer();
    const to = `${ROMEO}/lute`;
    const content = "<q xmlns='urn:x'/>";
    const result = await execute(peer, { cmd: "iq", to, content });
    expect(result).toEqual({ content: [content], device: 2, key: KEY });
    await execute(peer, { cmd: "iq", to, content, type: "set" });
    expect(calls).toEqual([
      ["sendIq", to, "get", [content]],
      ["sendIq", to, "set", [content]],
    ]);
    const wrong = execute(peer, { cmd: "iq", to, content, type: "result" });
    await expect(wrong).rejects.toThrow(/type/);
  });

  it("serve answers what others ask, and tells of it [SCE-12]", async () => {
    const { peer, calls, events } = scriptedPeer();
    await execute(peer, { cmd: "serve", content: "<a xmlns='urn:x'/>" });
    const [call] = calls as readonly (readonly [string, Promise<unknown>])[];
    expect(await call?.[1]).toMatchObject([{ name: "a" }]);
    expect(events).toEqual([
      {
        ev: "iq",
        from: `${ROMEO}/lute`,
        type: "get",
        content: ["<q xmlns='urn:x'/>"],
        device: 2,
        key: KEY,
      },
    ]);
  });

  it("join enters a room, under the name of the account if none is given", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "join", room: ROOM });
    await execute(peer, { cmd: "join", room: ROOM, nick: "Jule", history: 5 });
    expect(calls).toEqual([
      ["enter", ROOM, "juliet", 0],
      ["enter", ROOM, "Jule", 5],
    ]);
  });

  it("makeroom configures a room for encryption before it lets members in [MUC-09]", async () => {
    const { peer, calls, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "makeroom", room: ROOM, nick: "Jule", members: [ROMEO] });
    expect(calls).toEqual([
      ["enter", ROOM, "Jule", 0],
      ["roomSupportsOmemo", ROOM],
    ]);
    expect(stanzas[0]).toContain("muc#roomconfig_membersonly");
    expect(stanzas[1]).toContain(`<item affiliation='member' jid='${ROMEO}'/>`);
    const wrong = execute(peer, { cmd: "makeroom", room: ROOM, members: [1] });
    await expect(wrong).rejects.toThrow(/members/);
  });

  it("room encrypts for a room, and tells which members it did not reach", async () => {
    const { peer, calls, events } = scriptedPeer();
    await execute(peer, { cmd: "room", room: ROOM, body: "hark" });
    expect(calls).toEqual([["sendRoomContent", ROOM, ["<body xmlns='jabber:client'>hark</body>"]]]);
    expect(events).toMatchObject([
      { ev: "sent", to: ROOM },
      { ev: "failed" },
      { ev: "failed", error: "not encrypted for nurse@example.org: no-devices" },
    ]);
  });

  it("devices asks the server first, and tells keys, trust and sessions of every device", async () => {
    const { peer, calls } = scriptedPeer();
    const listed = await execute(peer, { cmd: "devices", jid: ROMEO });
    expect(calls).toEqual([
      ["requestDeviceListUpdateFor", ROMEO],
      ["getActiveFingerprints", ROMEO],
    ]);
    expect(listed).toEqual([
      {
        device: 2,
        namespaces: [OMEMO_2],
        key: KEY,
        x25519: KEY,
        trust: "UNDECIDED",
        label: "Lute",
        label_state: "verified",
        active: { [OMEMO_2]: true },
        activity: "stale",
        stale_because: ["age"],
        unanswered: 4,
        last_received: null,
        first_seen: "1970-01-01T00:00:00.000Z",
        listed_since: "1970-01-02T00:00:00.000Z",
      },
      {
        device: 3,
        namespaces: [],
        key: null,
        x25519: null,
        trust: "UNDECIDED",
        label: null,
        label_state: "unverified",
        active: {},
        activity: "inactive",
        stale_because: [],
        unanswered: 0,
        last_received: null,
        first_seen: null,
        listed_since: null,
      },
    ]);
  });

  it("devices tells our own key of our own device", async () => {
    const { peer } = scriptedPeer();
    expect(await execute(peer, { cmd: "devices", jid: OWN.jid })).toMatchObject([
      { device: 1, key: "cd".repeat(32), trust: "TRUSTED" },
    ]);
  });

  it("replace without a device is for the whole account, and without an account for all [O2-146]", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "replace", jid: ROMEO })).toEqual({ 3: "no-bundle" });
    expect(await execute(peer, { cmd: "replace" })).toEqual({});
    expect(calls).toEqual([
      ["replaceSessionsOf", ROMEO],
      ["rebuildSessions", undefined],
    ]);
  });

  it("update moves the ratchet with a device on, and tells whether anything left", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "update", jid: ROMEO, device: 2 })).toBe(true);
    expect(calls).toEqual([["sendRatchetUpdateMessage", LAPTOP.device]]);
  });

  it("optout asks for plaintext, agrees to it, and goes back [O2-164, O2-166, O2-168]", async () => {
    const { peer, calls, events } = scriptedPeer();
    const cmd = "optout";
    await execute(peer, { cmd, jid: ROMEO, action: "request", reason: "compliance" });
    await execute(peer, { cmd, jid: ROMEO, action: "confirm" });
    await execute(peer, { cmd, jid: ROMEO, action: "revoke" });
    expect(calls).toEqual([
      ["optOut.request", ROMEO, "compliance"],
      ["optOut.confirm", ROMEO],
      ["optOut.revoke", ROMEO],
    ]);
    expect(events[0]).toMatchObject({ ev: "sent", to: ROMEO });
    const wrong = execute(peer, { cmd, jid: ROMEO, action: "maybe" });
    await expect(wrong).rejects.toThrow("request, confirm, revoke");
    expect(await execute(peer, { cmd: "optouts" })).toEqual([OPT_OUT]);
  });

  it("replace and chain name a device of the account", async () => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, { cmd: "replace", jid: ROMEO, device: 2 })).toEqual({});
    expect(calls).toEqual([["replaceSession", LAPTOP.device]]);
    expect(await execute(peer, { cmd: "chain", jid: ROMEO, device: 2 })).toEqual({ [OMEMO_2]: 4 });
    await expect(execute(peer, { cmd: "chain", jid: ROMEO, device: 9 })).rejects.toThrow(
      "device 9",
    );
  });

  it("subscribe asks and grants", async () => {
    const { peer, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "subscribe", to: ROMEO });
    expect(stanzas).toEqual([
      "<presence to='romeo@example.net' type='subscribe'/>",
      "<presence to='romeo@example.net' type='subscribed'/>",
    ]);
  });

  it("raw sends one element as it is", async () => {
    const { peer, stanzas } = scriptedPeer();
    await execute(peer, { cmd: "raw", xml: "<message to='b@c'><body>&lt;</body></message>" });
    expect(stanzas).toEqual(["<message to='b@c'><body>&lt;</body></message>"]);
    await expect(execute(peer, { cmd: "raw", xml: "<a/><b/>" })).rejects.toThrow("XML");
  });

  it("leave takes the device off the lists", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "leave" });
    expect(calls).toEqual([["purgeEverything", undefined]]);
  });

  it("label, remove-devices, disable and enable are about our own devices", async () => {
    const { peer, calls } = scriptedPeer();
    await execute(peer, { cmd: "label", label: "Lute" });
    await execute(peer, { cmd: "label" });
    expect(await execute(peer, { cmd: "remove-devices", devices: [2] })).toEqual([
      { ns: OMEMO_2, removed: [2], error: null },
    ]);
    await execute(peer, { cmd: "disable", account: true });
    await execute(peer, { cmd: "enable" });
    expect(calls).toEqual([
      ["devices.setLabel", "Lute"],
      ["devices.setLabel", undefined],
      ["devices.remove", [2]],
      ["purgeEverything", { wholeAccount: true }],
      ["initialize", undefined],
    ]);
    const wrong = execute(peer, { cmd: "remove-devices", devices: "all" });
    await expect(wrong).rejects.toThrow("list of ids");
  });

  it.each([
    [{ cmd: "catchup", do: "begin" }, "beginCatchUp"],
    [{ cmd: "hold" }, "beginCatchUp"],
    [{ cmd: "catchup", do: "end" }, "endCatchUp"],
    [{ cmd: "release" }, "endCatchUp"],
  ])("%o keeps used prekeys, or lets them go", async (command, called) => {
    const { peer, calls } = scriptedPeer();
    expect(await execute(peer, command)).toBeNull();
    expect(calls).toEqual([[`history.${called}`, undefined]]);
    await expect(execute(peer, { cmd: "catchup", do: "pause" })).rejects.toThrow("begin, end");
  });

  it("plan tells of each device what would happen and what to do, and sends nothing", async () => {
    const { peer, calls, events } = scriptedPeer();
    const reading = { jid: ROMEO, device: 2, action: "start-session", ns: OMEMO_2, key: KEY };
    const remedy = { code: "try-again", text: "Try again." };
    expect(await execute(peer, { cmd: "plan", to: ROMEO })).toEqual({
      devices: [
        { ...reading, trust: "TRUSTED", reason: null, remedy: null },
        {
          jid: ROMEO,
          device: 3,
          action: "skip",
          ns: null,
          key: null,
          trust: null,
          reason: "no-bundle",
          remedy,
        },
      ],
      unreached: { "nurse@example.org": "no-devices" },
      obstacle: { code: "no-recipient-devices", text: "the recipient has no OMEMO device" },
    });
    await execute(peer, { cmd: "plan", room: ROOM, content: "<x xmlns='urn:x'/>" });
    expect(calls).toMatchObject([
      ["plan", ROMEO, {}],
      ["planForRoom", ROOM, { content: [{ name: "x" }] }],
    ]);
    expect(events).toEqual([]);
  });

  it("pause and resume end and begin to take messages", async () => {
    const { peer, calls } = scriptedPeer();
    for (const cmd of ["pause", "resume"]) expect(await execute(peer, { cmd })).toBeNull();
    expect(calls.map((call) => (call as unknown[])[0])).toEqual(["pause", "resume"]);
  });

  it("archive reads a page and tells what each message is", async () => {
    const { peer, calls } = scriptedPeer();
    const query = { room: ROOM, before: "", start: 1, max: 5 };
    expect(await execute(peer, { cmd: "archive", ...query })).toEqual({
      items: [
        { archive_id: "a1", kind: "duplicate", event: expect.objectContaining({ ev: "known" }) },
        { archive_id: "a2", kind: "plain", event: null },
      ],
      first: "a1",
      last: "a2",
      complete: true,
    });
    expect(calls).toEqual([["history.read", { room: ROOM, before: "", start: 1, pageSize: 5 }]]);
  });

  it("that nobody knows, or that lacks a field, is refused with a reason", async () => {
    const { peer } = scriptedPeer();
    await expect(execute(peer, { cmd: "fly" })).rejects.toThrow("unknown command fly");
    await expect(execute(peer, { cmd: "send", body: "hello" })).rejects.toThrow('"to"');
    await expect(execute(peer, { cmd: "send", to: ROMEO })).rejects.toThrow('"body"');
    await expect(execute(peer, { cmd: "chain", jid: ROMEO })).rejects.toThrow('"device"');
  });
});
