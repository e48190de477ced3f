import { describe, expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import { KEY, OWN, ROMEO, scriptedPeer } from "./scriptedPeer.js";

const OTHER = "ef".repeat(32);
const link = (key: string, device = 2) => `xmpp:${ROMEO}?omemo-sid-${device}=${key}`;

/** A peer, and what it says of the one key that it knows. */
function deciding() {
  const { peer, events } = scriptedPeer();
  const run = (cmd: string, fields: object = {}) => execute(peer, { cmd, ...fields });
  return { peer, events, run, explained: () => run("explain", { jid: ROMEO }) };
}

describe("a command about trust", () => {
  it("trust decides about a key of the account, however it is written", async () => {
    const { run, explained } = deciding();
    expect(await explained()).toMatchObject([{ device: 2, key: KEY, trust: "UNDECIDED" }]);
    await run("trust", { jid: ROMEO, key: KEY.toUpperCase(), level: "TRUSTED" });
    expect(await explained()).toMatchObject([{ trust: "TRUSTED", reason: "decided" }]);
    await run("trust", { jid: ROMEO, key: KEY, level: "AUTHENTICATED" });
    expect(await explained()).toMatchObject([{ trust: "TRUSTED", reason: "compared" }]);
    await run("distrust", { jid: ROMEO, key: KEY });
    expect(await explained()).toMatchObject([{ trust: "DISTRUSTED", reason: "decided" }]);
  });

  it("trust refuses keys that no device of the account shows, and unknown levels", async () => {
    const { run, explained } = deciding();
    const other = run("trust", { jid: ROMEO, key: OTHER, level: "TRUSTED" });
    await expect(other).rejects.toThrow("no device with this key");
    const friend = run("trust", { jid: ROMEO, key: KEY, level: "FRIEND" });
    await expect(friend).rejects.toThrow("TRUSTED, DISTRUSTED, UNDECIDED, AUTHENTICATED");
    expect(await explained()).toMatchObject([{ trust: "UNDECIDED" }]);
  });

  it("explain says in one sentence why a key is trusted or not", async () => {
    const { explained } = deciding();
    expect(await explained()).toEqual([
      {
        device: 2,
        key: KEY,
        trust: "UNDECIDED",
        reason: "nobody-decided",
        text: "Not trusted yet: nobody decided about this key.",
      },
    ]);
  });

  it("verify takes a link for a comparison, after asking which keys there are [L-83]", async () => {
    const { peer, run, explained } = deciding();
    expect(peer.manager.getOwnDevice()).toEqual(OWN);
    const uri = `${link(KEY)};omemo-sid-9=${OTHER}`;
    expect(await run("verify", { jid: ROMEO, uri })).toEqual({
      verified: [{ device: 2, key: KEY }],
      unknown: [9],
    });
    expect(await explained()).toMatchObject([{ trust: "TRUSTED", reason: "compared" }]);
  });

  it.each([
    ["another account", ROMEO.replace("romeo", "paris"), link(KEY), "about romeo@example.net"],
    ["another key", ROMEO, link(OTHER), "somebody may be in the middle"],
    ["a device that there is not", ROMEO, link(KEY, 9), "none of the devices"],
    ["no keys", ROMEO, `xmpp:${ROMEO}?message`, "no link"],
  ])("verify decides nothing by a link about %s [L-83, TM-10]", async (_, jid, uri, reason) => {
    const { run, explained } = deciding();
    await expect(run("verify", { jid, uri })).rejects.toThrow(reason);
    expect(await explained()).toMatchObject([{ trust: "UNDECIDED" }]);
  });

  it("fingerprint-uri gives the link that others verify this device by [L-83]", async () => {
    const { run } = deciding();
    const expected = `xmpp:juliet@example.org?omemo-sid-1=${"cd".repeat(32)}`;
    expect(await run("fingerprint-uri")).toBe(expected);
  });

  it("fingerprint shows keys in coloured groups, the own one or a contact's [O2-111]", async () => {
    const { run } = deciding();
    expect(await run("fingerprint")).toMatchObject([{ device: 1, key: "cd".repeat(32) }]);
    const color = expect.stringMatching(/^#[0-9a-f]{6}$/);
    expect(await run("fingerprint", { jid: ROMEO })).toEqual([
      {
        device: 2,
        key: KEY,
        text: Array(8).fill("abababab").join(" "),
        groups: Array(8).fill({ digits: "abababab", color }),
      },
    ]);
  });

  it("audit-log tells who decided what, when and why", async () => {
    const { run } = deciding();
    await run("verify", { jid: ROMEO, uri: link(KEY) });
    await run("distrust", { jid: ROMEO, key: KEY, by: "Nurse", why: "lost phone" });
    const about = { at: "1970-01-01T00:00:00.000Z", jid: ROMEO, device: 2, key: KEY };
    expect(await run("audit-log")).toEqual([
      {
        ...about,
        level: "AUTHENTICATED",
        before: null,
        origin: "person",
        by: "person",
        why: "compared with a link",
      },
      {
        ...about,
        level: "DISTRUSTED",
        before: "AUTHENTICATED",
        origin: "person",
        by: "Nurse",
        why: "lost phone",
      },
    ]);
  });
});
