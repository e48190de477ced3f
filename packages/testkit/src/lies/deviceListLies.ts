import { type BareJid, LEGACY, OMEMO_2, type OmemoVersion, type XmlElement } from "@omemo/core";
import { deviceListNode, xml } from "@omemo/core/wire";
import type { ServerBehaviour } from "../network/serverBehaviour.js";
import type { SeededRandom } from "../random/seededRandom.js";

const VERSIONS: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/** Whether a lie concerns this account's list. */
type Applies = (owner: BareJid) => boolean;

/** A server that leaves a device out of the lists of an account, in events and in answers. */
export function hideDevice(owner: BareJid, deviceId: number): ServerBehaviour {
  return editLists(
    (jid) => jid === owner,
    (devices) => devices.filter(({ attrs }) => Number(attrs.id) !== deviceId),
  );
}

/** A server that adds a device to the lists of an account, one of its own perhaps. */
export function addDevice(owner: BareJid, deviceId: number): ServerBehaviour {
  return editLists(
    (jid) => jid === owner,
    (devices, xmlns) => [...devices, xml("device", { xmlns, id: String(deviceId) })],
  );
}

/** A server that tells the devices of every account in another order each time. */
export function shuffleDevices(random: SeededRandom): ServerBehaviour {
  return editLists(
    () => true,
    (devices) => random.shuffle(devices),
  );
}

function editLists(
  applies: Applies,
  edit: (devices: readonly XmlElement[], xmlns: string) => readonly XmlElement[],
): ServerBehaviour {
  const edited = (owner: BareJid, node: string, payload?: XmlElement): XmlElement | undefined => {
    const xmlns = VERSIONS.find((version) => deviceListNode(version) === node);
    if (xmlns === undefined || !applies(owner)) return payload;
    const name = xmlns === OMEMO_2 ? "devices" : "list";
    const devices = (payload?.children ?? []).filter((child) => typeof child !== "string");
    return xml(name, { xmlns }, ...edit(devices, xmlns));
  };
  return {
    item: ({ owner, node }, honest) => edited(owner, node, honest),
    push: (event) =>
      event.kind === "item"
        ? [{ ...event, payload: edited(event.owner, event.node, event.payload) }]
        : [event],
  };
}
