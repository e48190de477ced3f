import {
  type BareJid,
  bareJid,
  memoryStore,
  type OmemoBackend,
  OmemoManager,
  type OmemoOptions,
  type OmemoStore,
  type ReceivedControl,
  type ReceivedMessage,
  type ReceiveFailure,
  type RecordKey,
  type Sent,
} from "@omemo/core";
import { startTrace, type Trace } from "@omemo/core/trace";
import { manualTrust } from "@omemo/trust";
import { plaintextGuard, storeGuardTable, xmppTransport } from "@omemo/xmpp-client";
import { type Client, client, xml } from "@xmpp/client";
import { recordsOf } from "../../src/secrets/recordsOf.js";
import { requireSilentTrace } from "../../src/secrets/requireSilence.js";
import type { LabAccount, LabServer } from "../harness/startServer.js";
import { Lookout, until } from "../harness/until.js";

/** Where a device sits, and what it is made of. */
export interface LiveSeat {
  readonly server: LabServer;
  readonly account: LabAccount;
  readonly resource: string;
  readonly options: OmemoOptions;
  makeBackend(): Promise<OmemoBackend>;
  openStore(): Promise<OmemoStore>;
}

interface Life {
  readonly client: Client;
  readonly manager: OmemoManager;
  readonly store: OmemoStore;
  readonly trace: Trace;
}

/** A manager of ours on a real server, over all its lives in this process. */
export class LiveDevice {
  readonly jid: BareJid;
  readonly messages: ReceivedMessage[] = [];
  readonly failures: ReceiveFailure[] = [];
  readonly controls: ReceivedControl[] = [];
  readonly #seat: LiveSeat;
  readonly #lookout: Lookout = new Lookout();
  #life: Life | undefined;

  constructor(seat: LiveSeat) {
    this.#seat = seat;
    this.jid = bareJid(seat.account.jid);
  }

  /** Of the running life. */
  get manager(): OmemoManager {
    if (this.#life === undefined) throw new Error(`${this.jid} is not running`);
    return this.#life.manager;
  }

  get deviceId(): number {
    return this.manager.getOwnDevice().deviceId;
  }

  get account(): LabAccount {
    return this.#seat.account;
  }

  /** Logs in, announces itself and has read what it missed; `more` options for this life alone. */
  async start(more: OmemoOptions = {}): Promise<void> {
    const { server, account, resource, options } = this.#seat;
    const store = await this.#seat.openStore();
    const xmpp = client({
      service: server.wsUri,
      domain: server.domain,
      username: account.jid.slice(0, account.jid.indexOf("@")),
      password: account.password,
      resource,
    });
    xmpp.on("error", () => {
      // What fails rejects the call that needed it.
    });
    // Nothing that a manager sends may ever be refused, wherever everything has to be encrypted.
    const guard = plaintextGuard(xmpp, storeGuardTable(memoryStore()), {
      mustEncrypt: () => true,
    });
    const backend = await this.#seat.makeBackend();
    const ports = { backend, store, trust: manualTrust(store), transport: xmppTransport(xmpp) };
    const manager = new OmemoManager(ports, { ...options, ...more });
    guard.follow(manager);
    const trace = startTrace(manager, ports);
    this.#life = { client: xmpp, manager, store, trace };
    manager.on("message", (message) => this.#note(this.messages, message));
    manager.on("failure", (failure) => this.#note(this.failures, failure));
    manager.on("control", (control) => this.#note(this.controls, control));
    await xmpp.start();
    await xmpp.send(xml("presence"));
    await manager.initialize();
    await manager.idle();
  }

  /** Ends this life. @throws Error when its trace tells what nobody may know. */
  async stop(): Promise<void> {
    if (this.#life === undefined) return;
    const { client: xmpp, manager, store, trace } = this.#life;
    this.#life = undefined;
    await manager.close();
    await xmpp.stop();
    const [text, records] = [await trace.write(), await recordsOf(store)];
    await store.close();
    const texts = this.texts().flatMap((body) => body ?? []);
    requireSilentTrace(text, { records, texts: [...texts, this.account.password] });
  }

  /** Removes what lies under these collections from the store of a device that is not running. */
  async forget(...collections: readonly string[]): Promise<void> {
    if (this.#life !== undefined) throw new Error("it would write what it remembers again");
    const store = await this.#seat.openStore();
    for (const collection of collections) {
      const keys: RecordKey[] = [];
      for await (const { key } of store.list([collection])) keys.push(key);
      await store.commit({ check: [], put: [], delete: keys });
    }
    await store.close();
  }

  say(to: LiveDevice, body: string): Promise<Sent> {
    return this.manager.sendMessage(to.jid, body);
  }

  /** Decides for every key that the other account shows now: a notification may still be on its way. */
  async trust(other: LiveDevice): Promise<void> {
    const [failure] = await this.manager.devices.refresh([other.jid]);
    if (failure !== undefined) throw failure.error;
    for (const identity of await this.manager.getActiveFingerprints(other.jid)) {
      await this.manager.trustOmemoIdentity(identity);
    }
  }

  /** Resolves once this text was opened. */
  async hears(body: string): Promise<ReceivedMessage> {
    return await this.until(`"${body}"`, () => this.messages.find((each) => each.body === body));
  }

  texts(): readonly (string | undefined)[] {
    return this.messages.map(({ body }) => body);
  }

  /** What `find` gives as soon as it is something, looking again after each event. */
  until<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    return until([this.#lookout], find, () => {
      const failures = this.failures.map(({ reason }) => reason).join(", ");
      return `${this.jid} waits for ${what}; failures: ${failures || "none"}`;
    });
  }

  #note<Event>(list: Event[], event: Event): void {
    list.push(event);
    this.#lookout.changed();
  }
}
