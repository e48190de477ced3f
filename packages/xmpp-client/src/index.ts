export type { SoftwareInfo } from "./capsAnnouncer.js";
export { fromXmlElement, toXmlElement } from "./element.js";
export { type OmemoClientOptions, omemo, omemo as default } from "./omemo.js";
export type { XmppTransportOptions } from "./settings.js";
export type { XmppClient, XmppElement, XmppStreamManagement } from "./xmppClient.js";
export { xmppTransport } from "./xmppTransport.js";
