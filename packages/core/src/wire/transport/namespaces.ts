/** Namespaces that only a transport needs, beside those of `wire/namespaces.ts`. */
export const transportNamespaces = {
  pubsubOwner: "http://jabber.org/protocol/pubsub#owner",
  pubsubErrors: "http://jabber.org/protocol/pubsub#errors",
  publishOptions: "http://jabber.org/protocol/pubsub#publish-options",
  nodeConfig: "http://jabber.org/protocol/pubsub#node_config",
  discoInfo: "http://jabber.org/protocol/disco#info",
  discoItems: "http://jabber.org/protocol/disco#items",
  /** XEP-0115, Entity Capabilities. */
  caps: "http://jabber.org/protocol/caps",
  /** XEP-0059, Result Set Management. */
  pages: "http://jabber.org/protocol/rsm",
  /** XEP-0004, Data Forms. */
  forms: "jabber:x:data",
  /** XEP-0045, Multi-User Chat: entering, configuring, affiliations. */
  room: "http://jabber.org/protocol/muc",
  roomOwner: "http://jabber.org/protocol/muc#owner",
  roomConfig: "http://jabber.org/protocol/muc#roomconfig",
  roomAdmin: "http://jabber.org/protocol/muc#admin",
  /** Conditions of stanza errors, RFC 6120 §8.3.3. */
  stanzas: "urn:ietf:params:xml:ns:xmpp-stanzas",
} as const;
