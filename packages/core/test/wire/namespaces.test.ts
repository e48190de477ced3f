import { describe, expect, it } from "vitest";
import { deviceId, LEGACY, OMEMO_2 } from "../../src/index.js";
import { bundleNode, DEVICE_LIST_ITEM, deviceListNode } from "../../src/wire/index.js";

describe("nodes", () => {
  it("hold device lists [O2-11, O2-12, L-04, L-05]", () => {
    expect(deviceListNode(OMEMO_2)).toBe("urn:xmpp:omemo:2:devices");
    expect(deviceListNode(LEGACY)).toBe("eu.siacs.conversations.axolotl.devicelist");
    expect(DEVICE_LIST_ITEM).toBe("current");
  });

  it("hold bundles: an item per device, or a node per device [O2-34, L-14]", () => {
    expect(bundleNode(OMEMO_2, deviceId(77123))).toEqual({
      node: "urn:xmpp:omemo:2:bundles",
      itemId: "77123",
    });
    expect(bundleNode(LEGACY, deviceId(77123))).toEqual({
      node: "eu.siacs.conversations.axolotl.bundles:77123",
      itemId: "current",
    });
  });
});
