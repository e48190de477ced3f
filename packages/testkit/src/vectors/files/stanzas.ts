import {
  bareJid,
  type DeviceId,
  fromUtf8,
  LEGACY,
  type OmemoBackend,
  type OmemoDevice,
  type OmemoVersion,
  type Opened,
  type Refused,
} from "@omemo/core";
import {
  classifyKeyMaterial,
  type EncryptedMessage,
  xml as element,
  isMalformed,
  openPayload,
  parseXml,
  readEncrypted,
  readKeyHeader,
} from "@omemo/core/wire";
import type { VectorChecks } from "../report.js";
import type { VectorSubject } from "../subject.js";
import { PartyKeys } from "../transcript/partyKeys.js";
import { StoredSession } from "../transcript/storedSession.js";
import type { TranscriptKey } from "../transcript/transcript.js";
import { backendOf } from "./backendOf.js";

interface Conversation {
  readonly sender: { readonly jid: string; readonly deviceId: number };
  readonly bob: {
    readonly jid: string;
    readonly deviceId: number;
    readonly identityPrivate: string;
    readonly identityPublic?: string;
    readonly identityEd25519?: string;
    readonly signedPreKeys: readonly TranscriptKey[];
    readonly preKeys: readonly TranscriptKey[];
  };
  readonly messages: readonly {
    readonly xml: string;
    readonly expect: {
      readonly senderDeviceId: number;
      readonly kex: boolean;
      /** Absent or null with an empty message. */
      readonly plaintext?: string | null;
      readonly empty: boolean;
    };
  }[];
}

/** `omemo-vectors/legacy-stanzas/1` and `omemo-vectors/omemo2-stanzas/1`. */
export interface StanzaFile {
  readonly conversations: readonly Conversation[];
}

export async function checkStanzas(
  checks: VectorChecks,
  { conversations }: StanzaFile,
  subject: VectorSubject,
  version: OmemoVersion,
): Promise<void> {
  for (const [index, conversation] of conversations.entries()) {
    const reader = new StanzaReader(backendOf(subject), version, conversation.bob);
    for (const [number, message] of conversation.messages.entries()) {
      checks.check(`conversation ${index}, message ${number}`, await reader.check(message));
    }
  }
}

/** Reads the stanzas of one conversation, in order. */
class StanzaReader {
  readonly #backend: OmemoBackend;
  readonly #version: OmemoVersion;
  readonly #own: OmemoDevice;
  readonly #keys: PartyKeys;
  readonly #session: StoredSession;

  constructor(backend: OmemoBackend, version: OmemoVersion, bob: Conversation["bob"]) {
    this.#backend = backend;
    this.#version = version;
    this.#own = { jid: bareJid(bob.jid), deviceId: bob.deviceId as DeviceId };
    this.#keys = new PartyKeys(backend, { name: "bob", ...bob });
    this.#session = new StoredSession(version);
  }

  async check({ xml, expect }: Conversation["messages"][number]): Promise<string | undefined> {
    const root = parseXml(xml);
    if (isMalformed(root)) return "the XML cannot be parsed";
    const [message] = readEncrypted(element("message", {}, root), this.#own);
    if (message?.kind !== "encrypted") return "there is no good encrypted element";
    if (message.senderDeviceId !== expect.senderDeviceId) return "another sender device";
    const [key] = message.keys;
    if (key === undefined) return "there is no key for us";
    const header = readKeyHeader(this.#version, key.bytes, key.isKeyExchange);
    if ((header.kind === "key-exchange") !== expect.kex) return `is of kind ${header.kind}`;
    const answer = await this.#open(key.bytes, header);
    if (answer.kind !== "opened") return `was refused: ${answer.reason}`;
    this.#session.apply(answer.change);
    return this.#checkContent(message, answer.plaintext, expect);
  }

  #open(bytes: Uint8Array, header: ReturnType<typeof readKeyHeader>): Promise<Opened | Refused> {
    return this.#session.withParts<Opened | Refused>(async (existing) => {
      if (header.kind === "ratchet") {
        return existing === undefined
          ? { kind: "refused", reason: "malformed" }
          : this.#backend.decrypt(existing, bytes);
      }
      const ids = header.kind === "key-exchange" ? header : undefined;
      return this.#backend.accept({
        version: this.#version,
        identity: this.#keys.identity,
        deviceId: this.#keys.deviceId,
        signedPreKey: this.#keys.signedPreKey(ids?.signedPreKeyId),
        preKey: this.#keys.preKey(ids?.preKeyId),
        existing,
        message: bytes,
      });
    });
  }

  async #checkContent(
    { payload, iv }: EncryptedMessage,
    keyMaterial: Uint8Array,
    expect: Conversation["messages"][number]["expect"],
  ): Promise<string | undefined> {
    if (payload === undefined) {
      const { kind } = classifyKeyMaterial(this.#version, keyMaterial);
      const isEmpty = kind === (this.#version === LEGACY ? "key-transport" : "empty");
      return isEmpty && expect.empty ? undefined : `has no payload, and is of kind ${kind}`;
    }
    const sealed = { keyMaterial, payload, ...(iv && { iv }) };
    const opened = await openPayload(crypto, this.#version, sealed);
    if (opened.kind === "refused") return `the payload was refused: ${opened.reason}`;
    return fromUtf8(opened.plaintext) === expect.plaintext ? undefined : "another plaintext";
  }
}
