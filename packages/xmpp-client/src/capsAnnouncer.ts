import type { Interests, WebCrypto, XmlElement } from "@omemo/core";
import {
  childOf,
  type EntityCaps,
  type EntityInfo,
  entityCaps,
  qualify,
  transportNamespaces,
} from "@omemo/core/wire";
import { fromXmlElement, toXmlElement } from "./element.js";
import type { XmppClient, XmppElement } from "./xmppClient.js";

/** What the client says it is (XEP-0030, XEP-0115). */
export interface SoftwareInfo {
  /** A URI that names the application. */
  readonly node: string;
  /** From the registry of identities, below `client`: `bot`, `pc`, `phone`, `web` … */
  readonly type: string;
  readonly name?: string;
  /** What the application supports beside what we announce. */
  readonly features?: readonly string[];
}

/** Adds entity capabilities to presences and answers those who ask for them [PEP-01]. */
export interface CapsAnnouncer {
  /** An available presence with our `<c/>`, unless it has one already; any other stanza as it is. */
  prepare(stanza: XmppElement): XmppElement;
  /** From now on announces these interests. */
  update(interests: readonly Interests[]): Promise<void>;
  /** The presence that still announces what was true before; has to be sent again. */
  outdated(): XmlElement | undefined;
}

/** Supported by xmpp.js and by ourselves, whoever listens. */
const OWN_FEATURES: readonly string[] = [
  transportNamespaces.caps,
  transportNamespaces.discoInfo,
  "urn:xmpp:ping",
];

/** The last presence to everybody, and what it announced. */
interface Broadcast {
  readonly presence: XmlElement;
  readonly caps: EntityCaps | undefined;
}

/** Answers disco#info from now on, without node or with ours; other nodes are the application's. */
export function capsAnnouncer(
  client: XmppClient,
  software: SoftwareInfo,
  crypto: WebCrypto,
): CapsAnnouncer {
  let caps: EntityCaps | undefined;
  let broadcast: Broadcast | undefined;
  let updates = 0;

  client.on("online", () => {
    broadcast = undefined;
  });
  client.iqCallee?.get(transportNamespaces.discoInfo, "query", ({ stanza }, next) => {
    const iq = qualify(toXmlElement(stanza));
    const node = childOf(iq, "query", transportNamespaces.discoInfo)?.attrs.node;
    const isOurs = node === undefined || node.startsWith(`${software.node}#`);
    return isOurs && caps !== undefined ? fromXmlElement(caps.describe(node)) : next();
  });

  return {
    prepare: (stanza) => {
      if (stanza.name !== "presence") return stanza;
      const presence = toXmlElement(stanza);
      const isAvailable = presence.attrs.type === undefined && !announcesItself(presence);
      if (presence.attrs.to === undefined) broadcast = isAvailable ? { presence, caps } : undefined;
      if (!isAvailable || caps === undefined) return stanza;
      return fromXmlElement({ ...presence, children: [...presence.children, caps.announcement] });
    },
    update: async (interests) => {
      updates += 1;
      const update = updates;
      const next = await entityCaps(software.node, infoOf(software, interests), crypto);
      if (update === updates) caps = next;
    },
    outdated: () => (verOf(broadcast?.caps) === verOf(caps) ? undefined : broadcast?.presence),
  };
}

function announcesItself(presence: XmlElement): boolean {
  return childOf(qualify(presence), "c", transportNamespaces.caps) !== undefined;
}

function verOf(caps: EntityCaps | undefined): string | undefined {
  return caps?.announcement.attrs.ver;
}

function infoOf(software: SoftwareInfo, interests: readonly Interests[]): EntityInfo {
  const { type, name, features = [] } = software;
  return {
    category: "client",
    type,
    ...(name === undefined ? {} : { name }),
    features: [
      ...OWN_FEATURES,
      ...features,
      ...interests.flatMap((interest) => interest.features),
      ...interests.flatMap(({ nodes }) => nodes.map((node) => `${node}+notify`)),
    ],
  };
}
