import { EventEmitter } from "node:events";
import { memoryStore, type OmemoStore } from "@omemo/core";
import { client, xml } from "@xmpp/client";
import {
  fromXmlElement,
  type PlaintextFinding,
  type PlaintextGuard,
  type PlaintextGuardOptions,
  plaintextGuard,
  storeGuardTable,
  type XmppElement,
} from "../../src/index.js";
import { StillClock, stanza } from "../fakeClient.js";

export const OWN = "bob@example.org";

/** The parts of a client that its types keep to themselves. */
interface Internals {
  Transport: unknown;
  _findTransport(service: string): unknown;
  _attachSocket(socket: FakeSocket): void;
  _status(status: string): void;
  _jid(jid: string): void;
}

/** What a client writes ends here, and is answered at once by something. */
export class FakeSocket extends EventEmitter {
  readonly written: string[] = [];
  readonly #answer: (text: string) => void;

  constructor(answer: (text: string) => void) {
    super();
    this.#answer = answer;
  }

  write(data: unknown, done?: () => void): void {
    const text = data instanceof Uint8Array ? new TextDecoder().decode(data) : String(data);
    this.written.push(text);
    queueMicrotask(() => {
      done?.();
      this.#answer(text);
    });
  }
}

/** A client of `@xmpp/client` that is online on a socket that records, with a guard on it. */
export interface GuardedClient {
  readonly client: ReturnType<typeof client>;
  readonly guard: PlaintextGuard;
  readonly findings: readonly PlaintextFinding[];
  readonly store: OmemoStore;
  /** All bytes that reached a socket. */
  bytes(): string;
  send(text: string): Promise<unknown>;
  /** Straight to the socket of the client. */
  writeRaw(data: unknown): void;
  /** Stanzas that the stream gave up. */
  readonly failed: readonly unknown[];
  /** Another socket takes the place of the one before, as after STARTTLS or a lost connection. */
  attachSocket(): FakeSocket;
  become(status: string): void;
}

export interface GuardedClientOptions extends PlaintextGuardOptions {
  readonly store?: OmemoStore;
  readonly service?: string;
}

export function guardedClient({
  store = memoryStore(),
  service = "wss://example.org/ws",
  ...options
}: GuardedClientOptions = {}): GuardedClient {
  const real = client({ service, username: "bob" });
  const internals = real as unknown as Internals;
  const findings: PlaintextFinding[] = [];
  const sockets: FakeSocket[] = [];
  const guard = plaintextGuard(real, storeGuardTable(store), {
    report: (finding) => findings.push(finding),
    clock: new StillClock(),
    ...options,
  });
  const answer = (text: string): void => {
    const id = /^<iq[^>]* id="([^"]+)"/.exec(text)?.[1];
    real.emit("element", xml("iq", { type: "result", ...(id !== undefined && { id }) }));
  };
  const attachSocket = (): FakeSocket => {
    const socket = new FakeSocket(answer);
    sockets.push(socket);
    internals._attachSocket(socket);
    internals._status("opening");
    return socket;
  };
  const failed: unknown[] = [];
  (real.streamManagement as unknown as EventEmitter).on("fail", (each) => failed.push(each));
  real.on("error", () => undefined);
  internals.Transport = internals._findTransport(service);
  attachSocket();
  internals._jid(`${OWN}/b`);
  internals._status("online");
  return {
    client: real,
    guard,
    findings,
    store,
    bytes: () => sockets.flatMap(({ written }) => written).join("\n"),
    send: async (text) =>
      real.send(fromXmlElement(stanza(text)) as Parameters<typeof real.send>[0]),
    writeRaw: (data) => (real.socket as unknown as FakeSocket).write(data),
    failed,
    attachSocket,
    become: (status) => internals._status(status),
  };
}

/** As an element of the client. */
export function element(text: string): Parameters<ReturnType<typeof client>["send"]>[0] {
  return fromXmlElement(stanza(text)) as XmppElement as ReturnType<typeof xml>;
}
