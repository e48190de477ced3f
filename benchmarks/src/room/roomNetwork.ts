import {
  type BareJid,
  bareJid,
  deviceId,
  LEGACY,
  type OmemoBackend,
  type OmemoVersion,
  type Transport,
  type TransportEvent,
  type XmlElement,
} from "@omemo/core";
import {
  bundleNode,
  deviceListNode,
  namespaces,
  readDeviceList,
  transportNamespaces,
  withDevice,
  writeBundle,
  writeDeviceList,
  xml,
} from "@omemo/core/wire";

const ROOM: BareJid = bareJid("room@muc.example.org");
const OWN: BareJid = bareJid("alice@example.org");
const PRE_KEYS = 100;

/** What happened on the network; times of `performance.now()`. */
interface Seen {
  fetches: number;
  answeredAt: number;
  sentAt: number;
  stanza: XmlElement | undefined;
}

/** A transport whose servers hold the devices of a room's members. */
export interface RoomNetwork {
  readonly transport: Transport;
  readonly room: BareJid;
  readonly members: number;
  readonly seen: Readonly<Seen>;
  /** The room lets us in. */
  enter(): void;
}

/** Every answer comes in a turn of the event loop of its own, as from a network. */
export async function roomNetwork(
  backend: OmemoBackend,
  version: OmemoVersion,
  members: number,
  devicesEach: number,
): Promise<RoomNetwork> {
  const accounts = Array.from({ length: members }, (_, index) => bareJid(`m${index}@example.org`));
  const items = await itemsOf(backend, version, accounts, devicesEach);
  const seen: Seen = { fetches: 0, answeredAt: 0, sentAt: 0, stanza: undefined };
  let tell: (event: TransportEvent) => void = () => undefined;
  const answer = async <Value>(value: Value): Promise<Value> => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.answeredAt = performance.now();
    return value;
  };
  const done = () => answer(undefined);
  const transport: Transport = {
    account: OWN,
    isOnline: true,
    fetchItem: (owner, node, itemId) => {
      seen.fetches += 1;
      const wanted = version === LEGACY && node !== deviceListNode(LEGACY) ? "current" : itemId;
      return answer(items.get([owner, node, ...(wanted === undefined ? [] : [wanted])].join(" ")));
    },
    fetchItemIds: () => answer([]),
    publishItem: done,
    retractItem: done,
    deleteNode: done,
    fetchMembers: () => answer([OWN, ...accounts]),
    fetchFeatures: () => answer([transportNamespaces.room, "muc_nonanonymous", "muc_membersonly"]),
    fetchArchive: () =>
      answer({ messages: [], first: undefined, last: undefined, isComplete: true }),
    request: done,
    serve: () => () => undefined,
    send: async (stanza) => {
      seen.sentAt = performance.now();
      seen.stanza = stanza;
    },
    listen: (_, listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  return {
    transport,
    room: ROOM,
    members,
    seen,
    enter: () => tell({ kind: "presence", stanza: ownPresence() }),
  };
}

/** Lists and bundles of all devices; the prekeys are the same everywhere, which costs us nothing. */
async function itemsOf(
  backend: OmemoBackend,
  version: OmemoVersion,
  accounts: readonly BareJid[],
  devicesEach: number,
): Promise<ReadonlyMap<string, XmlElement>> {
  const pairs = await backend.generateKeyPairs(PRE_KEYS);
  const preKeys = pairs.map(({ publicKey }, index) => ({ id: index + 1, key: publicKey }));
  const [signedPreKey] = pairs.map(({ publicKey }) => publicKey) as [Uint8Array];
  const items = new Map<string, XmlElement>();
  for (const jid of accounts) {
    const empty = readDeviceList(version, undefined);
    if ("kind" in empty) throw new Error("an empty list is not malformed");
    let list = empty;
    for (let id = 1; id <= devicesEach; id += 1) {
      const identity = await backend.generateIdentity();
      const { node, itemId } = bundleNode(version, deviceId(id));
      const bundle = {
        identityKey: backend.encodeIdentityKey(version, identity),
        signedPreKeyId: 1,
        signedPreKey,
        signedPreKeySignature: await backend.signPreKey(version, identity, signedPreKey),
        preKeys,
      };
      items.set(`${jid} ${node} ${itemId}`, writeBundle(version, bundle));
      list = withDevice(list, { deviceId: deviceId(id) });
    }
    items.set(`${jid} ${deviceListNode(version)}`, writeDeviceList(version, list));
  }
  return items;
}

function ownPresence(): XmlElement {
  const item = xml("item", { affiliation: "owner", jid: `${OWN}/r` });
  const status = xml("status", { code: "110" });
  const user = xml("x", { xmlns: namespaces.roomUser }, item, status);
  return xml("presence", { from: `${ROOM}/Alice`, to: `${OWN}/r` }, user);
}
