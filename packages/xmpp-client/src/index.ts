export type { SoftwareInfo } from "./capsAnnouncer.js";
export { fromXmlElement, toXmlElement } from "./element.js";
export type { PlaintextFinding } from "./guard/finding.js";
export type { GuardCause, GuardChange, GuardTable } from "./guard/guardTable.js";
export {
  type Mark,
  type PlaintextGuard,
  type PlaintextGuardOptions,
  plaintextGuard,
  type Release,
} from "./guard/plaintextGuard.js";
export { storeGuardTable } from "./guard/storeGuardTable.js";
export { type GuardedManager, type OmemoClientOptions, omemo, omemo as default } from "./omemo.js";
export type { XmppTransportOptions } from "./settings.js";
export type { XmppClient, XmppElement, XmppStreamManagement } from "./xmppClient.js";
export { xmppTransport } from "./xmppTransport.js";
