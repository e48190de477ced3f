import type { OmemoManager, OmemoTrustCallback, XmlElement } from "@omemo/core";
import type { Emit } from "./jsonEvent.js";

/** What commands work with. */
export interface Peer {
  readonly manager: Pick<
    OmemoManager,
    | "getActiveFingerprints"
    | "getDevicesOf"
    | "getOwnDevice"
    | "getOwnFingerprint"
    | "getTrust"
    | "purgeEverything"
    | "replaceSession"
    | "requestDeviceListUpdateFor"
    | "sendContent"
  >;
  readonly trust: OmemoTrustCallback;
  /** Sends a stanza as it is. */
  send(stanza: XmlElement): Promise<unknown>;
  readonly emit: Emit;
}
