import { fork } from "node:child_process";
import { once } from "node:events";
import type { SimulatedConnection } from "@omemo/testkit";
import type { SendEntry } from "../network/ledger.js";
import { carryError } from "./carriedError.js";
import type { ChildConfig, ToChild, ToParent } from "./frames.js";
import type { Hub } from "./hub.js";

/** A device in a process of its own, as the network's process sees it. */
export interface ChildDevice {
  readonly isReady: boolean;
  readonly isDead: boolean;
  /** Texts that it was told to send, and has not answered for. */
  readonly underWay: ReadonlyMap<string, SendEntry>;
  /** Commits at which another process was faster. */
  readonly conflicts: number;
  /** Tells it to send a text to an account. */
  send(to: string): SendEntry;
  /** Tells it to deal with everything and to end. */
  finish(): void;
  /** `kill -9` */
  kill(): void;
  /** Resolves when it is gone and its last words were heard, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

/** The part of a `ChildProcess` that a device is; a tab of a browser plays it too. */
export interface DeviceProcess extends NodeJS.EventEmitter {
  readonly connected: boolean;
  send(frame: ToChild, sent: () => void): unknown;
  kill(signal: "SIGKILL"): unknown;
}

/** Path of the compiled program, or what starts it somewhere else than in Node. */
export type DeviceProgram = string | ((config: ChildConfig) => DeviceProcess);

export interface ChildOptions {
  readonly program: DeviceProgram;
  readonly config: ChildConfig;
  readonly resource: string;
  /** Number of the process on this device. */
  readonly life: number;
}

export function startChild(hub: Hub, options: ChildOptions): ChildDevice {
  const { config, resource } = options;
  const child = startProcess(options.program, config);
  const state = { isReady: false, isDead: false, conflicts: 0, frames: 0 };
  const underWay = new Map<string, SendEntry>();
  const bridge = createBridge(hub, child, config.account, resource);
  const note = createNotes(hub, options, state, underWay);
  child.on("message", (frame: ToParent) => {
    state.frames += 1;
    if (!bridge.take(frame)) note(frame);
    if (config.doom?.kind === "frame" && state.frames === config.doom.count) {
      setTimeout(() => child.kill("SIGKILL"), config.doom.delay);
    }
    hub.changed();
  });
  return {
    get isReady() {
      return state.isReady;
    },
    get isDead() {
      return state.isDead;
    },
    get conflicts() {
      return state.conflicts;
    },
    underWay,
    send: (to) => {
      const entry = hub.ledger.begin(config.account, to);
      underWay.set(entry.text, entry);
      bridge.post({ kind: "send", to, text: entry.text });
      return entry;
    },
    finish: () => bridge.post({ kind: "finish" }),
    kill: () => void child.kill("SIGKILL"),
    ended: end(hub, child, bridge, state),
  };
}

function startProcess(program: DeviceProgram, config: ChildConfig): DeviceProcess {
  if (typeof program !== "string") return program(config);
  return fork(program, [JSON.stringify(config)], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

interface Bridge {
  post(frame: ToChild): void;
  /** Whether the frame was one for the network. */
  take(frame: ToParent): boolean;
  /** The process is gone: what it had sent arrives, then its connection breaks. */
  cut(): Promise<void>;
}

/** The far end of the child's transport. */
function createBridge(hub: Hub, child: DeviceProcess, account: string, resource: string): Bridge {
  let connection: SimulatedConnection | undefined;
  const post = (frame: ToChild): void => {
    // What a dead process should have heard is lost, as on a broken line.
    if (child.connected) child.send(frame, () => undefined);
  };
  const answer = async ({ id, method, given }: Request): Promise<void> => {
    if (connection === undefined) throw new Error("a request before the transport was used");
    // The frame carries the arguments of this very method.
    const perform = connection[method] as (...given: readonly unknown[]) => Promise<unknown>;
    try {
      post({ kind: "answer", id, value: await perform.apply(connection, [...given]) });
    } catch (error) {
      post({ kind: "error", id, error: carryError(error) });
    }
  };
  return {
    post,
    take: (frame) => {
      if (frame.kind === "request") answer(frame).catch(hub.fail);
      else if (frame.kind === "stanza") connection?.send(frame.stanza).catch(hub.fail);
      else if (frame.kind !== "listen") return false;
      else {
        connection = hub.network.connect(account, resource);
        connection.listen(frame.interests, (event) => post({ kind: "event", event }));
      }
      return true;
    },
    cut: async () => {
      await hub.arrived();
      connection?.kill();
    },
  };
}

type Request = Extract<ToParent, { readonly kind: "request" }>;

/** Enters into the ledger what a child tells. */
function createNotes(
  hub: Hub,
  { config: { account }, life }: ChildOptions,
  state: { isReady: boolean; conflicts: number },
  underWay: Map<string, SendEntry>,
): (frame: ToParent) => void {
  const { ledger, timeline } = hub;
  return (frame) => {
    if (frame.kind === "ready") {
      state.isReady = true;
      const { deviceId } = frame.device;
      const before = ledger.devices.get(account)?.deviceId ?? deviceId;
      if (before !== deviceId) {
        hub.fail(new Error(`${account} found its store empty: ${before} is now ${deviceId}`));
      }
      ledger.named(account, frame.device);
    } else if (frame.kind === "conflict") state.conflicts += 1;
    else if (frame.kind === "committed") ledger.committed(account, frame.inboxId);
    else if (frame.kind === "delivered") {
      const { id, text, isRedelivery } = frame;
      ledger.delivered(account, life, timeline.now(), { id, body: text, isRedelivery });
    } else if (frame.kind === "failure") ledger.failed(account, timeline.now(), frame);
    else if (frame.kind === "problem")
      ledger.troubled(`${account} ${life}`, frame.what, frame.reason);
    else if (frame.kind === "sent" || frame.kind === "refused") {
      const entry = underWay.get(frame.text);
      underWay.delete(frame.text);
      if (entry === undefined) return;
      if (frame.kind === "sent") entry.sent = frame.sent;
      else entry.error = `${frame.error.code}: ${frame.error.message}`;
    }
  };
}

async function end(
  hub: Hub,
  child: DeviceProcess,
  bridge: Bridge,
  state: { isDead: boolean },
): Promise<NodeJS.Signals | null> {
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  // Comes when everything that the child had posted was read.
  await Promise.all([exited, once(child, "disconnect")]);
  const [code, signal] = await exited;
  await bridge.cut();
  state.isDead = true;
  if (signal === null && code !== 0) hub.fail(new Error(`a process ended with code ${code}`));
  hub.changed();
  return signal;
}
