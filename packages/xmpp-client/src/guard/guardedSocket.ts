import {
  elementsOf,
  isMalformed,
  parseXml,
  type QualifiedElement,
  qualify,
} from "@omemo/core/wire";
import type { XmppClient } from "../xmppClient.js";

interface Socket {
  write(data: unknown, ...rest: readonly unknown[]): unknown;
}

/**
 * Puts `check` before every byte that the client, or the application by `client.write` and
 * `client.socket.write`, gives to a socket, on this stream and on all that follow. What it throws
 * keeps them from being written.
 */
export function guardSockets(client: XmppClient, check: (data: unknown) => void): void {
  const guarded = new WeakSet<object>();
  const guard = (): void => {
    const { socket } = client;
    if (!isSocket(socket) || guarded.has(socket)) return;
    guarded.add(socket);
    const write = socket.write.bind(socket);
    socket.write = (data, ...rest) => {
      check(data);
      return write(data, ...rest);
    };
  };
  // A socket is there before its first event; the one that STARTTLS makes, before its stream opens.
  for (const event of ["connect", "opening"]) client.on(event, guard);
  guard();
}

function isSocket(socket: unknown): socket is Socket {
  return (
    typeof socket === "object" &&
    socket !== null &&
    "write" in socket &&
    typeof socket.write === "function"
  );
}

/** Larger than what any server takes; it only bounds the work. */
const LIMITS = { maxXmlLength: 100_000_000, maxXmlDepth: 1000, maxXmlElements: 1_000_000 };
const STREAM_TAG = /^\s*(<\?xml[^<>]*\?>\s*)?<\/?stream:stream(\s[^<>]*)?>\s*$/;
/** RFC 8446 §5.1: what follows STARTTLS, where it takes this way. */
const TLS_RECORD = { first: 0x14, last: 0x18 } as const;

/**
 * The elements in what is written: none in the tags of a stream, in white space and in TLS.
 * `undefined` when it is anything but whole elements, because nobody can tell then what it will be.
 */
export function elementsIn(data: unknown): readonly QualifiedElement[] | undefined {
  if (isTls(data)) return [];
  const text = textOf(data);
  if (text === undefined) return undefined;
  if (text.trim() === "" || STREAM_TAG.test(text)) return [];
  const stream = `<stream xmlns:stream="http://etherx.jabber.org/streams">${text}</stream>`;
  const parsed = parseXml(stream, LIMITS);
  if (isMalformed(parsed)) return undefined;
  const { children } = qualify(parsed);
  const hasText = children.some((child) => typeof child === "string" && child.trim() !== "");
  return hasText ? undefined : elementsOf(qualify(parsed));
}

function isTls(data: unknown): boolean {
  const first = data instanceof Uint8Array ? data[0] : undefined;
  return first !== undefined && first >= TLS_RECORD.first && first <= TLS_RECORD.last;
}

function textOf(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  if (!(data instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
}
