import { nobleBackend } from "@omemo/backend-noble";
import {
  type BareJid,
  bareJid,
  type DeviceId,
  type KeyPair,
  LEGACY,
  type OmemoVersion,
  type TransportMessage,
  type WebCrypto,
  type XmlElement,
} from "@omemo/core";
import {
  buildMessageStanza,
  bundleNode,
  emptyKeyMaterial,
  isMalformed,
  readBundle,
  writeEncrypted,
} from "@omemo/core/wire";
import type { StanzaServer } from "./stanzaServer.js";

/** Somebody who begins sessions with one victim, as many as he likes. */
export interface Attacker {
  newIdentity(): Promise<KeyPair>;
  /** First words that need a prekey of the victim's present bundle: the `index`th of it. */
  firstMessage(sender: AttackingDevice, index?: number): Promise<TransportMessage>;
}

export interface AttackingDevice {
  readonly from: string;
  readonly deviceId: number;
  readonly identity: KeyPair;
}

export interface Victim {
  readonly jid: BareJid;
  readonly deviceId: DeviceId;
}

export function attacker(
  { items }: StanzaServer,
  victim: Victim,
  version: OmemoVersion,
  crypto: WebCrypto,
): Attacker {
  const backend = nobleBackend();
  const { node, itemId } = bundleNode(version, victim.deviceId);
  return {
    newIdentity: () => backend.generateIdentity(),
    firstMessage: async ({ from, deviceId, identity }, index = 0) => {
      const payload = items.get(`${victim.jid} ${node} ${itemId}`) as XmlElement;
      const bundle = readBundle(version, payload);
      if (isMalformed(bundle)) throw new RangeError("the victim has no bundle");
      const { preKeys, ...rest } = bundle;
      const preKey = preKeys[index % preKeys.length];
      const id = deviceId as DeviceId;
      const chosen = { ...rest, preKeyId: preKey?.id, preKey: preKey?.key };
      const input = { version, identity, deviceId: id, bundle: chosen, existing: undefined };
      const initiated = await backend.initiate(input);
      if (initiated.kind !== "initiated") throw new RangeError("the bundle is of no use");
      const session = { version, head: initiated.change.head, parts: initiated.change.put };
      const { keyMaterial, iv } = emptyKeyMaterial(version, crypto);
      const [sealed] = await backend.encryptFor([session], keyMaterial);
      const bytes = sealed?.message ?? new Uint8Array();
      const keys = [{ deviceId: victim.deviceId, bytes, isKeyExchange: true }];
      const recipients = [{ jid: victim.jid, keys }];
      const header = { version, senderDeviceId: id, recipients };
      const encrypted = writeEncrypted(version === LEGACY && iv ? { ...header, iv } : header);
      const stanza = buildMessageStanza({
        to: victim.jid,
        type: "chat",
        id: `flood-${deviceId}`,
        encrypted: [encrypted],
        store: true,
      });
      return live({ ...stanza, attrs: { ...stanza.attrs, from: `${bareJid(from)}/m` } });
    },
  };
}

/** As it comes from the stream. */
export function live(stanza: XmlElement): TransportMessage {
  return { kind: "message", origin: "live", stanza, sentAt: undefined, archiveId: undefined };
}
