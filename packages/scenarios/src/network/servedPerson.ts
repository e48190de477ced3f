import { nobleBackend } from "@omemo/backend-noble";
import {
  type MemoryStore,
  memoryStore,
  type OmemoBackend,
  type OmemoLimits,
  OmemoManager,
  type OmemoVersion,
  type ReceiveFailure,
  type TransportListener,
  type WebCrypto,
} from "@omemo/core";
import type { VirtualClock } from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";
import { xmppTransport } from "@omemo/xmpp-client";
import type { ServedClient, StanzaServer } from "./stanzaServer.js";

/** Asked with secrets at stake: never about a stanza whose sender does not fit. */
const GUARDED: readonly string[] = ["accept", "decrypt", "initiate", "encryptFor"];

/** Somebody on a `stanzaServer`, with all that the application heard. */
export interface ServedPerson {
  readonly client: ServedClient;
  readonly manager: OmemoManager;
  readonly store: MemoryStore;
  readonly heard: readonly string[];
  /** Events, not messages. */
  readonly failures: readonly ReceiveFailure[];
  /** Tells the manager at once, past the adapter. */
  readonly tell: TransportListener;
  /** How often the backend was asked for something that needs keys. */
  calls(): number;
}

export interface ServedPersonOptions {
  readonly limits?: Partial<OmemoLimits>;
  readonly clock?: VirtualClock;
  readonly crypto?: WebCrypto;
  readonly catchUp?: boolean;
}

/** Not initialized yet. */
export function servedPerson(
  server: StanzaServer,
  address: string,
  version: OmemoVersion,
  options: ServedPersonOptions = {},
): ServedPerson {
  const client = server.connect(address);
  const { backend, calls } = counted(nobleBackend(), options.clock);
  const store = memoryStore();
  const adapter = xmppTransport(client, { ...options, software: false });
  let tell: TransportListener = () => undefined;
  const transport: typeof adapter = {
    ...adapter,
    listen: (interests, listener) => {
      tell = listener;
      return adapter.listen(interests, listener);
    },
  };
  const limits = { preKeyCount: 5, failureWindow: 0, ...options.limits };
  const ports = { backend, store, trust: blindTrust(store), transport };
  const manager = new OmemoManager(ports, { ...options, versions: [version], limits });
  const heard: string[] = [];
  const failures: ReceiveFailure[] = [];
  manager.on("message", ({ body }) => void heard.push(body ?? ""));
  manager.on("failure", (failure) => void failures.push(failure));
  return { client, manager, store, heard, failures, tell: (event) => tell(event), calls };
}

/** Counts the calls; they take no virtual time. */
function counted(
  backend: OmemoBackend,
  clock: VirtualClock | undefined,
): { readonly backend: OmemoBackend; calls(): number } {
  let calls = 0;
  const watch = (name: string, work: (...given: unknown[]) => unknown) => {
    return (...given: unknown[]): unknown => {
      if (GUARDED.includes(name)) calls += 1;
      const answer = work(...given);
      const release = clock?.hold() ?? (() => undefined);
      Promise.resolve(answer).then(release, release);
      return answer;
    };
  };
  const watched = Object.fromEntries(
    Object.entries(backend).map(([name, member]) => {
      return [name, typeof member === "function" ? watch(name, member) : member];
    }),
  );
  return { backend: watched as unknown as OmemoBackend, calls: () => calls };
}
