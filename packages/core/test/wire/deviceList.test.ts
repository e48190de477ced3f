import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceId, LEGACY, OMEMO_2, type OmemoVersion } from "../../src/index.js";
import {
  type DeviceList,
  type DeviceListEntry,
  isMalformed,
  qualify,
  readDeviceList,
  serialize,
  withDevice,
  withoutDevice,
  writeDeviceList,
  xml,
} from "../../src/wire/index.js";
import { BOTH, hostileTree, xmlText } from "./arbitraries.js";
import { parsed, readVectors } from "./vectors.js";

const ROOT = { [OMEMO_2]: "devices", [LEGACY]: "list" };

describe.each(BOTH)("device lists of %s", (version) => {
  it("reads an absent item as an empty list [O2-23, L-11]", () => {
    expect(devicesIn(version, undefined)).toEqual([]);
    expect(devicesIn(version, xml(ROOT[version], { xmlns: version }))).toEqual([]);
  });

  it("skips ids that are none and keeps the others [O2-25, L-13]", () => {
    const ids = [undefined, "", "abc", "0", "-1", "1.5", "1e3", "0x10", "+5", "2147483648"];
    const more = ["99999999999", "٣", "5 6", "3", " 4\n", "2147483647", "0007"];
    const list = xml(
      ROOT[version],
      { xmlns: version },
      ...[...ids, ...more].map((id) => xml("device", { id })),
    );
    expect(devicesIn(version, list).map((entry) => entry.deviceId)).toEqual([3, 4, 2147483647, 7]);
  });

  it("takes the first of doubled devices [O2-25]", () => {
    const doubled = [
      xml("device", { id: "5", label: "a" }),
      xml("device", { id: "05", label: "b" }),
    ];
    const list = xml(ROOT[version], { xmlns: version }, ...doubled);
    const devices = devicesIn(version, list);
    expect(devices).toHaveLength(1);
    expect(devices[0]?.label).toBe(version === OMEMO_2 ? "a" : undefined);
  });

  it("ignores what is no device: text, and elements of other names or namespaces", () => {
    const list = xml(
      ROOT[version],
      { xmlns: version },
      " 1 ",
      xml("device", { id: "1", xmlns: "urn:x" }),
      xml("Device", { id: "2" }),
      xml("group", {}, xml("device", { id: "3" })),
      xml("device", { id: "4" }),
    );
    expect(devicesIn(version, list).map((entry) => entry.deviceId)).toEqual([4]);
  });

  it("refuses another root element", () => {
    const other = version === OMEMO_2 ? LEGACY : OMEMO_2;
    const roots = [
      xml(ROOT[other], { xmlns: version }),
      xml(ROOT[version], { xmlns: other }),
      xml(ROOT[version]),
      xml("item", {}, xml(ROOT[version], { xmlns: version })),
    ];
    for (const root of roots) {
      expect(readDeviceList(version, root)).toEqual({ kind: "malformed", reason: "wrong-element" });
    }
  });

  it("stops counting at the cap, but keeps the rest of an own list [O2-17, O2-25]", () => {
    const ids = Array.from({ length: 300 }, (_, index) => String(index + 1));
    const written = xml(
      ROOT[version],
      { xmlns: version },
      ...ids.map((id) => xml("device", { id })),
    );
    const list = listIn(version, written);
    expect(list.devices).toHaveLength(200);
    const again = withDevice(list, { deviceId: deviceId(7000) });
    expect(idsIn(writeDeviceList(version, again))).toEqual(["7000", ...ids]);
    expect(listIn(version, writeDeviceList(version, again)).devices[0]?.deviceId).toBe(7000);
    expect(idsIn(writeDeviceList(version, withDevice(list, { deviceId: deviceId(250) })))).toEqual([
      "250",
      ...ids.filter((id) => id !== "250"),
    ]);
    expect(idsIn(writeDeviceList(version, withoutDevice(list, deviceId(250))))).toHaveLength(299);
  });

  it("adds and removes one entry and touches no other [O2-17, L-04]", () => {
    const list = listIn(
      version,
      xml(ROOT[version], { xmlns: version }, xml("device", { id: "1" })),
    );
    const frozen = structuredClone(list);
    const longer = withDevice(list, { deviceId: deviceId(2) });
    expect(longer.devices.map((entry) => entry.deviceId)).toEqual([2, 1]);
    expect(withDevice(longer, { deviceId: deviceId(2) })).toEqual(longer);
    expect(withoutDevice(longer, deviceId(2))).toEqual(list);
    expect(withoutDevice(list, deviceId(9))).toEqual(list);
    expect(list).toEqual(frozen);
  });

  it("reads back every list that was written", () => {
    fc.assert(
      fc.property(entries(), (devices) => {
        const list = { devices, foreign: { attrs: {}, children: [] } };
        const written = writeDeviceList(version, list);
        const expected =
          version === OMEMO_2 ? devices : devices.map(({ deviceId }) => ({ deviceId }));
        expect(devicesIn(version, parsed(serialize(written)))).toEqual(expected);
      }),
    );
  });

  it("answers any tree without throwing, and writes what it read the same way again", () => {
    fc.assert(
      fc.property(hostileTree(), (tree) => {
        const root = { ...tree, name: ROOT[version], attrs: { ...tree.attrs, xmlns: version } };
        expect(() => readDeviceList(version, tree)).not.toThrow();
        const list = listIn(version, root);
        expect(listIn(version, writeDeviceList(version, list))).toEqual(list);
      }),
    );
  });
});

describe("device lists of OMEMO 2", () => {
  it("keep labels, signatures and all that is unknown when they are published again [O2-17]", () => {
    const published =
      "<o:devices xmlns:o='urn:xmpp:omemo:2' xmlns:x='urn:x' x:mark='1' version='9'>" +
      "<o:device id='1' label='Tab&amp;let' labelsig='c2ln' x:since='2026'><x:more>text</x:more></o:device>" +
      "<x:policy><x:rule/></x:policy><o:future/><o:device id='2' label=''/><o:device id='4'><x:one/></o:device></o:devices>";
    const list = listIn(OMEMO_2, parsed(published));
    expect(list.devices.map(({ deviceId, label }) => [deviceId, label])).toEqual([
      [1, "Tab&let"],
      [2, ""],
      [4, undefined],
    ]);
    const again = writeDeviceList(OMEMO_2, withDevice(list, { deviceId: deviceId(3) }));
    expect(serialize(again)).toBe(
      "<devices xmlns='urn:xmpp:omemo:2' xmlns:x='urn:x' x:mark='1' version='9'><device id='3'/>" +
        "<device id='1' label='Tab&amp;let' labelsig='c2ln' xmlns:x='urn:x' x:since='2026'>" +
        "<more xmlns='urn:x'>text</more></device><device id='2' label=''/><device id='4'><one xmlns='urn:x'/></device>" +
        "<policy xmlns='urn:x'><rule/></policy><future xmlns='urn:xmpp:omemo:2'/></devices>",
    );
  });

  it("lose one device without anything that only looks like it", () => {
    const others = "<device xmlns='urn:x' id='1'/><other id='1'/>";
    const text = `<devices xmlns='urn:xmpp:omemo:2'><device id='1'/>${others}</devices>`;
    const after = withoutDevice(listIn(OMEMO_2, parsed(text)), deviceId(1));
    expect(serialize(writeDeviceList(OMEMO_2, after))).toBe(
      "<devices xmlns='urn:xmpp:omemo:2'><device xmlns='urn:x' id='1'/>" +
        "<other xmlns='urn:xmpp:omemo:2' id='1'/></devices>",
    );
  });

  it("replace the label of one device and keep what is unknown about it", () => {
    const text = "<devices xmlns='urn:xmpp:omemo:2'><device id='1' label='old' x='y'/></devices>";
    const entry = { deviceId: deviceId(1), label: "new", labelSignature: "c2ln" };
    const after = withDevice(listIn(OMEMO_2, parsed(text)), entry);
    expect(serialize(writeDeviceList(OMEMO_2, after))).toBe(
      "<devices xmlns='urn:xmpp:omemo:2'><device id='1' label='new' labelsig='c2ln' x='y'/></devices>",
    );
  });

  it("show what the shared vectors expect, labels as written [O2-25, O2-30]", () => {
    const { deviceLists } = readVectors<DeviceListVectors>("omemo2/bundles.json");
    expect(deviceLists).toHaveLength(5);
    for (const { xml: text, devices } of deviceLists) {
      const read = devicesIn(OMEMO_2, parsed(text));
      expect(read.map((entry) => entry.deviceId)).toEqual(devices.map(({ id }) => id));
      const labels = devices.map(({ label }, index) => label ?? read[index]?.label);
      expect(read.map(({ label }) => label)).toEqual(labels);
    }
  });
});

describe("device lists of the legacy version", () => {
  it("lose what is unknown: there are no labels [L-13]", () => {
    const text =
      "<list xmlns='eu.siacs.conversations.axolotl' a='b'><device id='1' label='x' labelsig='y'/><z/></list>";
    expect(serialize(writeDeviceList(LEGACY, listIn(LEGACY, parsed(text))))).toBe(
      "<list xmlns='eu.siacs.conversations.axolotl'><device id='1'/></list>",
    );
  });
});

interface DeviceListVectors {
  readonly deviceLists: readonly {
    readonly xml: string;
    readonly devices: readonly { readonly id: number; readonly label?: string }[];
  }[];
}

type Payload = Parameters<typeof readDeviceList>[1];

function listIn(version: OmemoVersion, payload: Payload): DeviceList {
  const list = readDeviceList(version, payload);
  if (isMalformed(list)) throw new Error(list.reason);
  return list;
}

function devicesIn(version: OmemoVersion, payload: Payload): readonly DeviceListEntry[] {
  return listIn(version, payload).devices;
}

function idsIn(payload: Parameters<typeof qualify>[0]): readonly (string | undefined)[] {
  return qualify(payload).children.map((child) => {
    return typeof child === "string" ? child : child.attrs.id;
  });
}

function entries(): fc.Arbitrary<readonly DeviceListEntry[]> {
  const entry = fc.record(
    {
      deviceId: fc.integer({ min: 1, max: 0x7fff_ffff }).map(deviceId),
      label: xmlText(),
      labelSignature: xmlText(),
    },
    { requiredKeys: ["deviceId"] },
  );
  return fc.uniqueArray(entry, { selector: (each) => each.deviceId, maxLength: 8 });
}
