import type { DeviceId } from "../domain/device.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";
import { readDeviceId } from "./ids.js";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.js";
import { type Malformed, malformed } from "./malformed.js";
import { detach } from "./xml/detach.js";
import { xml } from "./xml/element.js";
import { elementsOf, type QualifiedElement, qualify } from "./xml/qualify.js";

/** One device of a list. */
export interface DeviceListEntry {
  readonly deviceId: DeviceId;
  /** OMEMO 2 only. As written: to be shown only when the signature holds. [O2-27, O2-30] */
  readonly label?: string;
  /** Base64 as written, over the UTF-8 of the label. [O2-29] */
  readonly labelSignature?: string;
  /** What we do not know about the device, written back as it was. OMEMO 2 only. [O2-17] */
  readonly foreign?: ForeignXml;
}

/** Attributes and children without a meaning to us. */
export interface ForeignXml {
  readonly attrs: Readonly<Record<string, string>>;
  /** Each declares its own namespace. */
  readonly children: readonly XmlElement[];
}

/** A device list; edits keep what they do not concern. [O2-17] */
export interface DeviceList {
  /** Without doubles. [O2-25] */
  readonly devices: readonly DeviceListEntry[];
  /** Devices beyond the cap and, in OMEMO 2, what we do not know; written back as it was. */
  readonly foreign: ForeignXml;
}

const NOTHING: ForeignXml = Object.freeze({ attrs: {}, children: [] });
const ROOT_NAMES: Readonly<Record<OmemoVersion, string>> = {
  [OMEMO_2]: "devices",
  [LEGACY]: "list",
};

/**
 * Reads a device list; an absent payload is an empty list [O2-23, L-11]. Devices without a usable
 * id and doubled ones are skipped, and `devices` ends at the cap. [O2-25, L-13]
 */
export function readDeviceList(
  version: OmemoVersion,
  payload: XmlElement | undefined,
  limits: Pick<WireLimits, "maxDevices"> = DEFAULT_WIRE_LIMITS,
): DeviceList | Malformed {
  if (payload === undefined) return { devices: [], foreign: NOTHING };
  const root = qualify(payload, "");
  if (root.name !== ROOT_NAMES[version] || root.namespace !== version) {
    return malformed("wrong-element");
  }
  const devices = new Map<DeviceId, DeviceListEntry>();
  const others: XmlElement[] = [];
  for (const child of elementsOf(root)) {
    if (child.name !== "device" || child.namespace !== version) {
      if (version === OMEMO_2) others.push(detach(child));
      continue;
    }
    const entry = readEntry(version, child);
    if (entry === undefined || devices.has(entry.deviceId)) continue;
    if (devices.size < limits.maxDevices) devices.set(entry.deviceId, entry);
    else others.push(standalone(version, writeEntry(version, entry)));
  }
  const attrs = version === OMEMO_2 ? foreignAttributes(root, []) : {};
  return { devices: [...devices.values()], foreign: { attrs, children: others } };
}

/** The payload to publish. The legacy version knows nothing but ids. [O2-11, L-04, L-13] */
export function writeDeviceList(version: OmemoVersion, list: DeviceList): XmlElement {
  return xml(
    ROOT_NAMES[version],
    { xmlns: version, ...(version === OMEMO_2 ? list.foreign.attrs : {}) },
    ...list.devices.map((entry) => writeEntry(version, entry)),
    ...list.foreign.children,
  );
}

/**
 * The list with that device: in the place of an entry of the same id, whose unknown parts stay, else
 * in front, where no reader's cap cuts it off. [O2-11, O2-17]
 */
export function withDevice(list: DeviceList, entry: DeviceListEntry): DeviceList {
  const known = list.devices.find(({ deviceId }) => deviceId === entry.deviceId);
  if (known === undefined) {
    const others = withoutDevice(list, entry.deviceId);
    return { ...others, devices: [entry, ...others.devices] };
  }
  const merged = known.foreign === undefined ? entry : { foreign: known.foreign, ...entry };
  return { ...list, devices: list.devices.map((each) => (each === known ? merged : each)) };
}

/** The list without that device. [O2-170] */
export function withoutDevice(list: DeviceList, deviceId: DeviceId): DeviceList {
  return keepDevices(list, (each) => each !== deviceId);
}

/** The list with the devices that are to stay, also beyond the cap, and all that is no device. */
export function keepDevices(list: DeviceList, stays: (id: DeviceId) => boolean): DeviceList {
  const staysThere = (child: XmlElement): boolean => {
    const id = idOf(child);
    return id === undefined || stays(id);
  };
  return {
    devices: list.devices.filter(({ deviceId }) => stays(deviceId)),
    foreign: { ...list.foreign, children: list.foreign.children.filter(staysThere) },
  };
}

/** All that the list names, also beyond the cap. */
export function listedIds({ devices, foreign }: DeviceList): readonly DeviceId[] {
  const beyond = foreign.children.map(idOf).filter((id) => id !== undefined);
  return [...new Set([...devices.map(({ deviceId }) => deviceId), ...beyond])];
}

/** Of a device that was kept as it is; `undefined` for anything else. */
function idOf({ name, attrs }: XmlElement): DeviceId | undefined {
  const isDevice = name === "device" && (attrs.xmlns === OMEMO_2 || attrs.xmlns === LEGACY);
  return isDevice ? readDeviceId(attrs.id) : undefined;
}

function readEntry(version: OmemoVersion, device: QualifiedElement): DeviceListEntry | undefined {
  const deviceId = readDeviceId(device.attrs.id);
  if (deviceId === undefined) return undefined;
  if (version === LEGACY) return { deviceId };
  const { label, labelsig } = device.attrs;
  const attrs = foreignAttributes(device, ["id", "label", "labelsig"]);
  const children = elementsOf(device).map(detach);
  const isForeign = Object.keys(attrs).length > 0 || children.length > 0;
  return {
    deviceId,
    ...(label === undefined ? {} : { label }),
    ...(labelsig === undefined ? {} : { labelSignature: labelsig }),
    ...(isForeign ? { foreign: { attrs, children } } : {}),
  };
}

function writeEntry(version: OmemoVersion, entry: DeviceListEntry): XmlElement {
  const id = String(entry.deviceId);
  if (version === LEGACY) return xml("device", { id });
  const { label, labelSignature, foreign = NOTHING } = entry;
  const attrs = { id, label, labelsig: labelSignature, ...foreign.attrs };
  return xml("device", attrs, ...foreign.children);
}

function standalone(version: OmemoVersion, element: XmlElement): XmlElement {
  return { ...element, attrs: { xmlns: version, ...element.attrs } };
}

function foreignAttributes(
  element: QualifiedElement,
  known: readonly string[],
): Readonly<Record<string, string>> {
  const { attrs } = detach({ ...element, children: [] });
  return Object.fromEntries(
    Object.entries(attrs).filter(([name]) => name !== "xmlns" && !known.includes(name)),
  );
}
