import type { BareJid, OmemoManager, XmlElement } from "@omemo/core";
import type { AuditEntry, TrustPolicy } from "@omemo/trust";
import type { AutomaticTrust } from "@omemo/trust/atm";
import type { ReportOptions, ServerReport } from "@omemo/xmpp-client/report";
import type { Emit } from "./jsonEvent.js";
import type { Questions } from "./trust/questions.js";

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
  readonly trust: TrustPolicy;
  /** The same, if other devices hear of its decisions. */
  readonly automatic: Pick<AutomaticTrust, "reviewUri" | "applyUri"> | undefined;
  /** All decisions about keys, oldest first. */
  readLog(): Promise<readonly AuditEntry[]>;
  readonly questions: Questions;
  /** Sends a stanza as it is. */
  send(stanza: XmlElement): Promise<unknown>;
  /** Sends a request; rejects when it is refused. */
  request(iq: XmlElement): Promise<unknown>;
  /** Enters a room; resolves when it is known who its members are. */
  enter(room: BareJid, nick: string, history: number): Promise<void>;
  /** What happened and how things stand, without anything secret. */
  writeTrace(): Promise<string>;
  reportServer(options: ReportOptions): Promise<ServerReport>;
  readonly emit: Emit;
}
