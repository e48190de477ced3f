import type { DeviceId } from "../domain/device.js";
import { OMEMO_2, type OmemoVersion } from "../domain/version.js";

/** Namespaces of the protocols around OMEMO, by what they are called in this code. */
export const namespaces = {
  client: "jabber:client",
  /** XEP-0420, Stanza Content Encryption. */
  sce: "urn:xmpp:sce:1",
  /** XEP-0380, Explicit Message Encryption. */
  eme: "urn:xmpp:eme:0",
  /** XEP-0334, Message Processing Hints. */
  hints: "urn:xmpp:hints",
  /** XEP-0359, stanza-id and origin-id. */
  stanzaIds: "urn:xmpp:sid:0",
  /** XEP-0033, Extended Stanza Addressing. */
  addresses: "http://jabber.org/protocol/address",
  /** XEP-0203, Delayed Delivery. */
  delay: "urn:xmpp:delay",
  /** XEP-0280, Message Carbons. */
  carbons: "urn:xmpp:carbons:2",
  /** XEP-0297, Stanza Forwarding. */
  forward: "urn:xmpp:forward:0",
  /** XEP-0313, Message Archive Management. */
  archive: "urn:xmpp:mam:2",
  /** XEP-0421, Occupant identifiers. */
  occupantId: "urn:xmpp:occupant-id:0",
  /** XEP-0045, Multi-User Chat. */
  roomUser: "http://jabber.org/protocol/muc#user",
  /** XEP-0060, Publish-Subscribe. */
  pubsub: "http://jabber.org/protocol/pubsub",
  pubsubEvent: "http://jabber.org/protocol/pubsub#event",
} as const;

/** Id of the one item of a device list node. [O2-12, L-05] */
export const DEVICE_LIST_ITEM: "current" = "current";

/** The PEP node that holds an account's device list. [O2-11, L-04] */
export function deviceListNode(version: OmemoVersion): string {
  return version === OMEMO_2 ? `${version}:devices` : `${version}.devicelist`;
}

/** Where a bundle is published. */
export interface BundleAddress {
  readonly node: string;
  readonly itemId: string;
}

/** One item per device in OMEMO 2 [O2-34], one node per device in the legacy version [L-14]. */
export function bundleNode(version: OmemoVersion, deviceId: DeviceId): BundleAddress {
  return version === OMEMO_2
    ? { node: `${version}:bundles`, itemId: String(deviceId) }
    : { node: `${version}.bundles:${deviceId}`, itemId: "current" };
}
