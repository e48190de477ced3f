import { LEGACY, type OmemoVersion } from "@omemo/core";
import {
  decodeAuthenticatedMessage,
  decodeKeyExchange,
  decodeOmemoMessage,
  decodePreKeySignalMessage,
  decodeSignalMessage,
} from "@omemo/core/wire";

/** Position of a message in its sending chain, whatever wraps it. */
export function messageCounter(version: OmemoVersion, bytes: Uint8Array): number | undefined {
  return version === LEGACY ? legacyCounter(bytes) : omemo2Counter(bytes);
}

function legacyCounter(bytes: Uint8Array): number | undefined {
  const exchange = decodePreKeySignalMessage(bytes);
  const message = decodeSignalMessage(exchange.kind === "malformed" ? bytes : exchange.message);
  return message.kind === "malformed" ? undefined : message.counter;
}

function omemo2Counter(bytes: Uint8Array): number | undefined {
  const exchange = decodeKeyExchange(bytes);
  const inner = exchange.kind === "malformed" ? bytes : exchange.message;
  const authenticated = decodeAuthenticatedMessage(inner);
  if (authenticated.kind === "malformed") return undefined;
  const message = decodeOmemoMessage(authenticated.message);
  return message.kind === "malformed" ? undefined : message.counter;
}
