import { setTimeout } from "node:timers/promises";
import type { OmemoManager, OmemoOptions, OmemoVersion } from "@omemo/core";
import { startTrace } from "@omemo/core/trace";
import type { ManagedTrust } from "@omemo/trust/atm";
import omemo, { fromXmlElement, type XmppClient, type XmppElement } from "@omemo/xmpp-client";
import { type ReportOptions, reportServer } from "@omemo/xmpp-client/report";
import { type Client, xml } from "@xmpp/client";
import { answerCommands } from "./answerCommands.js";
import type { Command } from "./command.js";
import { execute, isUrgent } from "./commands/execute.js";
import { connect, start } from "./connect.js";
import { enterRooms } from "./enterRooms.js";
import type { Emit, JsonEvent } from "./jsonEvent.js";
import { loadBackend } from "./loadBackend.js";
import { openStore, storeKindOf } from "./openStore.js";
import type { Options } from "./options.js";
import type { Peer } from "./peer.js";
import { report, reportPlain } from "./report.js";
import { openTrust } from "./trust/openTrust.js";
import { openQuestions } from "./trust/questions.js";

/** What the program runs in. */
export interface Surroundings {
  readonly input: NodeJS.ReadableStream;
  readonly emit: Emit;
  readonly log: (text: string) => void;
  /** Resolves when the program is asked to end. */
  readonly terminated: Promise<unknown>;
}

/** The part of the client's caller that is used. */
interface IqCaller {
  request(iq: XmppElement): Promise<unknown>;
}

/** How long in ms to wait for automatic answers and publishing at the end. */
const FLUSH_TIME = 5000;

/** Connects, then answers commands and tells of events until it is told to quit. */
export async function run(options: Options, surroundings: Surroundings): Promise<void> {
  const { emit, log } = surroundings;
  const backend = await loadBackend(options.backend);
  const xmpp = connect(options, log);
  const store = await openStore(options);
  const questions = openQuestions(emit);
  const opened = openTrust(options, store, { emit, log, questions });
  const { policy: trust, automatic, undecided, readLog } = opened;
  const manager = omemo(xmpp, { backend, store, trust, undecided, ...managerOptions(options) });
  const trace = startTrace(manager, { backend, store }, { store: [storeKindOf(options)] });
  const managed = opened.manage(manager);
  const reporting = { jid: options.jid, emit, log, echo: options.echo };
  report(manager, reporting);
  reportPlain(xmpp, reporting);

  const address = await start(xmpp, options);
  // Present first: by the time everything is published and "online" is told, the server delivers
  // here. What arrives meanwhile is kept by the manager.
  await beThere(xmpp, log);
  await manager.initialize();
  await emit(await describeOnline(address, manager, options.versions ?? backend.versions));
  const decisions = { trust, automatic, readLog, questions };
  const diagnosis = {
    writeTrace: trace.write,
    reportServer: (wanted: ReportOptions) => reportServer(xmpp, wanted),
  };
  const peer = { manager, ...decisions, ...diagnosis, ...actionsOf(xmpp, manager), emit };
  const quit = await answerUntilEnd(peer, options.echo, surroundings);

  await settle(managed, manager);
  await xmpp.stop();
  await store.close();
  if (quit) await emit({ ev: "done", id: quit.id ?? null, cmd: quit.cmd, result: null });
}

/** What goes to the server as it is. */
function actionsOf(xmpp: Client, manager: OmemoManager): Pick<Peer, "send" | "request" | "enter"> {
  const stream: XmppClient = xmpp;
  const caller: IqCaller = xmpp.iqCaller;
  return {
    send: (stanza) => stream.send(fromXmlElement(stanza)),
    request: (iq) => caller.request(fromXmlElement(iq)),
    enter: enterRooms(xmpp, manager),
  };
}

/** Lets what is to be told and answered leave, as far as it can be waited for. */
async function settle(managed: ManagedTrust, manager: OmemoManager): Promise<void> {
  const told = managed.idle().then(() => manager.idle());
  await Promise.race([told, setTimeout(FLUSH_TIME, undefined, { ref: false })]);
  await managed.close();
  await manager.close();
}

function managerOptions({ versions, label, rotation }: Options): OmemoOptions {
  return {
    ...(versions !== undefined && { versions }),
    ...(label !== undefined && { label }),
    ...(rotation !== undefined && { limits: { signedPreKeyPeriod: rotation } }),
  };
}

/** The end is a `quit`, a signal, or the end of the input, which an echo survives. */
async function answerUntilEnd(
  peer: Peer,
  echo: boolean,
  { input, emit, terminated }: Surroundings,
): Promise<Command | undefined> {
  const { dismiss } = peer.questions;
  const signal = terminated.then(() => {
    dismiss();
    return undefined;
  });
  const answering = answerCommands(input, emit, {
    execute: (command) => execute(peer, command),
    isUrgent,
    noMoreInput: dismiss,
  });
  const end = echo ? answering.then((quit) => quit ?? signal) : answering;
  return Promise.race([end, signal]);
}

/** Says that we are here, now and on each later connection that was not resumed. */
async function beThere(xmpp: Client, log: (text: string) => void): Promise<void> {
  xmpp.on("online", () => {
    xmpp.send(xml("presence")).catch((error: unknown) => log(`presence: ${error}`));
  });
  await xmpp.send(xml("presence"));
}

async function describeOnline(
  jid: string,
  manager: OmemoManager,
  namespaces: readonly OmemoVersion[],
): Promise<JsonEvent> {
  const own = manager.getOwnDevice();
  const devices = (await manager.getDevicesOf(own.jid)).map(({ device }) => device.deviceId);
  return {
    ev: "online",
    jid,
    device: own.deviceId,
    namespaces,
    x25519: manager.getOwnFingerprint(),
    others: devices.filter((id) => id !== own.deviceId),
  };
}
