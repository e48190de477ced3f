import type { BareJid, OmemoManager, OmemoTrustCallback, XmlElement } from "@omemo/core";
import type { Emit } from "./jsonEvent.js";

/** What commands work with. */
export interface Peer {
  readonly manager: Pick<
    OmemoManager,
    | "devices"
    | "getActiveFingerprints"
    | "getDevicesOf"
    | "getOwnDevice"
    | "getOwnFingerprint"
    | "getTrust"
    | "history"
    | "initialize"
    | "onIq"
    | "optOut"
    | "pause"
    | "plan"
    | "planForRoom"
    | "purgeEverything"
    | "rebuildSessions"
    | "replaceSession"
    | "replaceSessionsOf"
    | "requestDeviceListUpdateFor"
    | "resume"
    | "roomSupportsOmemo"
    | "sendContent"
    | "sendIq"
    | "sendRatchetUpdateMessage"
    | "sendRoomContent"
  >;
  readonly trust: OmemoTrustCallback;
  /** Sends a stanza as it is. */
  send(stanza: XmlElement): Promise<unknown>;
  /** Sends a request; rejects when it is refused. */
  request(iq: XmlElement): Promise<unknown>;
  /** Enters a room; resolves when it is known who its members are. */
  enter(room: BareJid, nick: string, history: number): Promise<void>;
  readonly emit: Emit;
}
