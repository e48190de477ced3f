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

  it("describes what it hashed, each feature once, sorted by octets", async () => {
    const features = ["urn:b", "urn:\u{10000}", "urn:\u{ffff}", "urn:a", "urn:b", "urn:bb", "Z"];
    const caps = await entityCaps("urn:x", { category: "client", type: "bot", features }, crypto);
    const query = caps.describe("urn:x#ver");
    expect(query.attrs).toEqual({
      xmlns: "http://jabber.org/protocol/disco#info",
      node: "urn:x#ver",
    });
    expect(query.children).toEqual([
      { name: "identity", attrs: { category: "client", type: "bot" }, children: [] },
      ...["Z", "urn:a", "urn:b", "urn:bb", "urn:\u{ffff}", "urn:\u{10000}"].map((name) => ({
        name: "feature",
        attrs: { var: name },
        children: [],
      })),
    ]);
    expect(caps.describe(undefined).attrs.node).toBeUndefined();
  });
});
