import { bareJid, toHex } from "@omemo/core";
import { edwardsForms } from "@omemo/core/wire";
import { formatTrustUri, parseTrustUri } from "@omemo/trust/atm";
import { describe, expect, it } from "vitest";
import { createBus, keyNumber } from "./bus.js";

const BOB = bareJid("bob@example.org");
const HEX = "09".repeat(32);
const LINK = "xmpp:bob@example.org?trust-message;encryption=urn:xmpp:omemo:2";

describe("a trust message link", () => {
  it("is made as the specification shows it, and read back [TM-09]", () => {
    const uri = formatTrustUri({ jid: BOB, trust: [keyNumber(1)], distrust: [keyNumber(2)] });
    expect(uri).toMatch(/^xmpp:bob@example\.org\?trust-message;encryption=urn:xmpp:omemo:2;trust=/);
    expect(parseTrustUri(uri)).toMatchObject({
      jid: BOB,
      keys: [
        { key: { fingerprint: keyNumber(1) }, verdict: "trust" },
        { key: { fingerprint: keyNumber(2) }, verdict: "distrust" },
      ],
    });
    const [even] = edwardsForms(Uint8Array.from(Buffer.from(keyNumber(1), "hex")));
    expect(uri).toContain(`;trust=${toHex(even)};distrust=`);
    expect(() => formatTrustUri({ jid: BOB })).toThrow("one or more keys");
  });

  it("may be written in either case, and with its colons escaped [TM-09]", () => {
    const shouted = LINK.replace("urn:xmpp:omemo:2", "urn%3Axmpp%3Aomemo%3A2");
    expect(parseTrustUri(`${shouted};trust=${HEX.toUpperCase()}`)?.keys).toHaveLength(1);
  });

  it.each([
    `${LINK}`,
    `${LINK};trust=${HEX.slice(2)}`,
    `${LINK};trust=${HEX};other=${HEX}`,
    `${LINK.replace("omemo:2", "omemo:1")};trust=${HEX}`,
    `xmpp:bob@example.org?trust-message;trust=${HEX};encryption=urn:xmpp:omemo:2`,
    `xmpp:bob@example.org?message;encryption=urn:xmpp:omemo:2;trust=${HEX}`,
    `xmpp:?trust-message;encryption=urn:xmpp:omemo:2;trust=${HEX}`,
    `https://bob@example.org?trust-message;encryption=urn:xmpp:omemo:2;trust=${HEX}`,
    `${LINK}${`;trust=${HEX}`.repeat(201)}`,
  ])("is none: %.90s [TM-09]", (text) => {
    expect(parseTrustUri(text)).toBeUndefined();
  });

  it("decides nothing before the user agreed, and then as if by hand [TM-10, ATM-14, ATM-01]", async () => {
    const bus = createBus();
    const alice = bus.device("alice@example.org", 1);
    const laptop = bus.device("alice@example.org", 2);
    const bob = bus.device(BOB, 11);
    await alice.decide(laptop, "authenticated");
    await laptop.decide(alice, "authenticated");
    const uri = parseTrustUri(formatTrustUri({ jid: BOB, trust: [bob.identity.fingerprint] }));
    if (uri === undefined) throw new Error("no link");
    const review = await alice.trust.reviewUri(uri, BOB, [bob.identity]);
    expect(review).toEqual({
      jid: BOB,
      isExpectedAccount: true,
      changes: [{ key: bob.identity, before: undefined, after: "authenticated", overturns: false }],
    });
    expect(await alice.levelOf(bob)).toBe("blind");
    await alice.trust.applyUri(review, { by: "Alice" });
    await bus.deliverAll();
    expect(await alice.levelOf(bob)).toBe("authenticated");
    expect(await laptop.levelOf(bob)).toBe("authenticated");
    expect((await alice.trust.reviewUri(uri, BOB)).changes).toEqual([]);
  });

  it("about another account than the one looked at cannot be applied [TM-10]", async () => {
    const alice = createBus().device("alice@example.org", 1);
    const uri = parseTrustUri(formatTrustUri({ jid: BOB, trust: [keyNumber(11)] }));
    if (uri === undefined) throw new Error("no link");
    const review = await alice.trust.reviewUri(uri, bareJid("carol@example.org"));
    expect(review.isExpectedAccount).toBe(false);
    await expect(alice.trust.applyUri(review)).rejects.toThrow("another account");
    expect(await alice.levelOf({ identity: { jid: BOB, ...key(11) } })).toBe("blind");
  });

  it("says which authenticated keys it would overturn; of both verdicts distrust counts [TM-10, ATM-09]", async () => {
    const bus = createBus();
    const alice = bus.device("alice@example.org", 1);
    const bob = bus.device(BOB, 11);
    await alice.decide(bob, "authenticated");
    const { fingerprint } = bob.identity;
    const uri = parseTrustUri(
      formatTrustUri({ jid: BOB, trust: [fingerprint], distrust: [fingerprint] }),
    );
    if (uri === undefined) throw new Error("no link");
    const { changes } = await alice.trust.reviewUri(uri, BOB);
    expect(changes).toMatchObject([
      { before: "authenticated", after: "untrusted", overturns: true },
    ]);
  });
});

function key(number: number) {
  return { fingerprint: keyNumber(number), deviceId: number as never };
}
