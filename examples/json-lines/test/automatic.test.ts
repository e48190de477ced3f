import { bareJid, memoryStore, OmemoError, type OmemoFingerprint } from "@omemo/core";
import { type AutomaticTrust, type AutomaticTrustEvent, automaticTrust } from "@omemo/trust/atm";
import { describe, expect, it } from "vitest";
import { execute } from "../src/commands/execute.js";
import type { Peer } from "../src/peer.js";
import { describeAutomatic } from "../src/trust/describeAutomatic.js";
import { KEY, LAPTOP, OWN, ROMEO, scriptedPeer } from "./scriptedPeer.js";

/** The base point, which is a key as curves have them. */
const OWN_KEY = `09${"00".repeat(31)}` as OmemoFingerprint;

/** A peer whose decisions other devices would hear of. */
function automaticPeer(): { readonly peer: Peer; readonly trust: AutomaticTrust } {
  const trust = automaticTrust(memoryStore());
  const { peer } = scriptedPeer();
  const manager = { ...peer.manager, getOwnFingerprint: () => OWN_KEY };
  return { peer: { ...peer, manager, trust, automatic: trust }, trust };
}

describe("a trust link", () => {
  const shown = { ...LAPTOP.device, fingerprint: OWN_KEY };

  /** The link to the own key, as if it were that of another account. */
  async function linkTo(jid: string): Promise<string> {
    const uri = await execute(automaticPeer().peer, { cmd: "trust-uri" });
    expect(uri).toMatch(
      /^xmpp:juliet@example\.org\?trust-message;encryption=urn:xmpp:omemo:2;trust=[0-9a-f]{64}$/,
    );
    return `${uri}`.replace(OWN.jid, jid);
  }

  it("to this device authenticates its key elsewhere [TM-09, ATM-14]", async () => {
    const { peer, trust } = automaticPeer();
    const uri = await linkTo(ROMEO);
    const decided = await execute(peer, { cmd: "apply-trust-uri", jid: ROMEO, uri });
    const key = { jid: ROMEO, device: null, key: OWN_KEY };
    expect(decided).toEqual([{ ...key, level: "AUTHENTICATED", before: null }]);
    expect(await trust.explain([shown])).toMatchObject([{ reason: "compared" }]);
  });

  it("decides nothing about another account than the one looked at [TM-10]", async () => {
    const { peer, trust } = automaticPeer();
    const applying = { cmd: "apply-trust-uri", jid: ROMEO, uri: await linkTo("paris@example.org") };
    await expect(execute(peer, applying)).rejects.toThrow("about paris@example.org");
    expect(await trust.explain([shown])).toMatchObject([{ reason: "blind" }]);
  });

  it("overturns what a person decided only if that is said [TM-10]", async () => {
    const { peer, trust } = automaticPeer();
    await trust.decide(shown, "untrusted");
    const applying = { cmd: "apply-trust-uri", jid: ROMEO, uri: await linkTo(ROMEO) };
    await expect(execute(peer, applying)).rejects.toThrow("overturns");
    expect(await trust.getTrust([shown])).toEqual(["untrusted"]);
    await execute(peer, { ...applying, overturn: true });
    expect(await trust.getTrust([shown])).toEqual(["trusted"]);
  });

  it("needs a policy that others hear of, and has to be one", async () => {
    const applying = { cmd: "apply-trust-uri", jid: ROMEO, uri: `xmpp:${ROMEO}?message` };
    await expect(execute(scriptedPeer().peer, applying)).rejects.toThrow("--trust atm");
    await expect(execute(automaticPeer().peer, applying)).rejects.toThrow("no trust message");
  });
});

describe("the event atm", () => {
  const key = { jid: ROMEO, fingerprint: KEY };
  const by = { ...OWN, fingerprint: "cd".repeat(32) as OmemoFingerprint };
  const told = { jid: ROMEO, device: null, key: KEY };
  const teller = { jid: bareJid(OWN.jid), device: 1, key: "cd".repeat(32) };
  const offline = new OmemoError("offline", "no stream");

  it.each<[AutomaticTrustEvent, object]>([
    [
      { kind: "decided", key, level: "authenticated", by },
      { ...told, level: "AUTHENTICATED", by: teller },
    ],
    [
      { kind: "decided", key, level: "untrusted", by: undefined },
      { ...told, level: "DISTRUSTED", by: null },
    ],
    [
      { kind: "waiting", sender: key, count: 2 },
      { ...told, count: 2 },
    ],
    [
      { kind: "conflict", key, said: "distrust", by },
      { ...told, said: "distrust", by: teller },
    ],
    [{ kind: "own-key-distrusted", by }, { by: teller }],
    [
      { kind: "refused", from: key, reason: "not-theirs" },
      { ...told, reason: "not-theirs" },
    ],
    [{ kind: "problem", error: offline }, { error: "offline: no stream" }],
  ])("tells of what happens by itself, %o [ATM-10]", (event, fields) => {
    expect(describeAutomatic(event)).toEqual({ ev: "atm", what: event.kind, ...fields });
  });
});
