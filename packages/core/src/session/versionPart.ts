import type { DeviceId } from "../domain/device.js";
import type { BareJid } from "../domain/jid.js";
import type { OmemoVersion } from "../domain/version.js";
import type { XmlElement } from "../domain/xmlElement.js";

/** The sealed key of one device. */
export interface KeyFor {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
  readonly bytes: Uint8Array;
  readonly isKeyExchange: boolean;
}

/** Everything that one version contributes to a message. */
export interface VersionPart {
  readonly version: OmemoVersion;
  readonly keys: readonly KeyFor[];
  /** Absent in messages without content. */
  readonly payload: Uint8Array | undefined;
  /** Legacy only. */
  readonly iv: Uint8Array | undefined;
  /** Legacy only: what stands unencrypted beside its body [L-48]. */
  readonly beside?: readonly XmlElement[] | undefined;
}
