import { describe, expect, it } from "vitest";
import { entityCaps } from "../../../src/wire/transport/entityCaps.js";

const exodus = {
  category: "client",
  type: "pc",
  name: "Exodus 0.9.1",
  features: [
    "http://jabber.org/protocol/muc",
    "http://jabber.org/protocol/disco#info",
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/disco#items",
  ],
};

describe("entityCaps", () => {
  it("hashes as the example does [XEP-0115 §5.2, PEP-01]", async () => {
    const caps = await entityCaps("http://code.google.com/p/exodus", exodus, crypto);
    expect(caps.announcement).toEqual({
      name: "c",
      attrs: {
        xmlns: "http://jabber.org/protocol/caps",
        hash: "sha-1",
        node: "http://code.google.com/p/exodus",
        ver: "QgayPKawpkPSDYmwT/WM94uAlu0=",
      },
      children: [],
    });
  });
});
