import { LEGACY, OMEMO_2, type OmemoVersion, toHex, type XmlElement } from "@omemo/core";
import {
  childOf,
  childrenOf,
  decodeKeyExchange,
  decodePreKeySignalMessage,
  fromBase64,
  type QualifiedElement,
  qualify,
  readKeyHeader,
  textOf,
} from "@omemo/core/wire";

/** One encrypted key on the wire, by what names the message key that it cost. */
export interface WireKey {
  /** Ratchet key and counter: equal ones were encrypted with the same message key. */
  readonly name: string;
  /** The ratchet message itself, without the key exchange around it. */
  readonly message: string;
  /** As it is given to a backend, with that exchange. */
  readonly whole: string;
  /** Whom it is for. */
  readonly deviceId: number;
}

/** Every encrypted key in a message stanza of either version. */
export function wireKeys(stanza: XmlElement): readonly WireKey[] {
  const message = qualify(stanza);
  return ([OMEMO_2, LEGACY] as const).flatMap((version) =>
    childrenOf(message, "encrypted", version).flatMap((element) => keysOf(version, element)),
  );
}

function keysOf(version: OmemoVersion, element: QualifiedElement): readonly WireKey[] {
  const header = childOf(element, "header", version);
  if (header === undefined) return [];
  const groups = version === LEGACY ? [header] : childrenOf(header, "keys", version);
  return groups.flatMap((group) =>
    childrenOf(group, "key", version).map((key) => readKey(version, key)),
  );
}

function readKey(version: OmemoVersion, key: QualifiedElement): WireKey {
  const bytes = fromBase64(textOf(key));
  if (bytes === undefined) throw new RangeError("we sent something that is not base64");
  const isExchange = (key.attrs.kex ?? key.attrs.prekey) === "true";
  const message = isExchange ? innerMessage(version, bytes) : bytes;
  const header = readKeyHeader(version, message, false);
  if (header.kind !== "ratchet") throw new RangeError("we sent a key that cannot be read");
  return {
    name: `${toHex(header.ratchetKey)} ${header.counter}`,
    message: toHex(message),
    whole: toHex(bytes),
    deviceId: Number(key.attrs.rid),
  };
}

function innerMessage(version: OmemoVersion, bytes: Uint8Array): Uint8Array {
  const exchange = version === LEGACY ? decodePreKeySignalMessage(bytes) : decodeKeyExchange(bytes);
  if (exchange.kind === "malformed") throw new RangeError("we sent a malformed key exchange");
  return exchange.message;
}
