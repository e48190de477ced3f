// The script of a tab: one device whose network is in the process that drives the browser.
import { nobleBackend } from "@omemo/backend-noble";
import { bareJid, isOmemoError, OmemoManager, type OmemoStore } from "@omemo/core";
import { indexedDbStore } from "@omemo/store-indexeddb";
import { blindTrust } from "@omemo/trust";
import { witnessStore } from "../network/witnessStore.js";
import { carryError } from "../processes/carriedError.js";
import { type ChildTransport, childTransport } from "../processes/childTransport.js";
import { doomedStore, type Mortal } from "../processes/doom.js";
import type { ChildConfig, ToChild, ToParent } from "../processes/frames.js";
import { PROCESS_LIMITS } from "../processes/processLimits.js";
import { tellConflicts } from "../processes/tellConflicts.js";

declare global {
  /** Resolves when the other process has it. */
  var omemoPost: (frame: ToParent) => Promise<void>;
  /** Asks to be killed with the whole browser. */
  var omemoDie: () => Promise<void>;
  /** The device has ended by itself. */
  var omemoEnded: () => Promise<void>;
  /** Resolves when the device can take frames. */
  var omemoStart: (config: ChildConfig) => Promise<void>;
  var omemoTake: (frames: readonly ToChild[]) => void;
}

const post = (frame: ToParent): Promise<void> => globalThis.omemoPost(frame);
const tell = (frame: ToParent): void => void post(frame);

globalThis.omemoStart = async (config) => {
  const store = observed(await indexedDbStore(config.location), config);
  const transport = childTransport(bareJid(config.account), post);
  const manager = new OmemoManager(
    { backend: nobleBackend(), store, trust: blindTrust(store), transport },
    { limits: PROCESS_LIMITS },
  );
  manager.on("message", async ({ id, body = "", isRedelivery }) => {
    await post({ kind: "delivered", id, text: body, isRedelivery });
  });
  manager.on("failure", ({ reason, from, originId }) => {
    tell({ kind: "failure", reason, from, originId });
  });
  manager.on("problem", ({ what, error }) => {
    tell({ kind: "problem", what, reason: String(error) });
  });
  const device = { store, transport, manager };
  globalThis.omemoTake = (frames) => {
    for (const frame of frames) take(device, frame);
  };
  void initialize(device);
};

interface Device {
  readonly store: OmemoStore;
  readonly transport: ChildTransport;
  readonly manager: OmemoManager;
}

function observed(inner: OmemoStore, { doom }: ChildConfig): OmemoStore {
  const told = tellConflicts(inner, () => tell({ kind: "conflict" }));
  // Outermost, so that it tells of every commit after which this tab still lives.
  const thisTab: Mortal = {
    nextTurn: () => new Promise((resolve) => setTimeout(resolve)),
    // The kill comes from outside, a moment after it was asked for; until then nothing more is done.
    die: async () => {
      await globalThis.omemoDie();
      return await new Promise(() => undefined);
    },
  };
  return witnessStore(doomedStore(told, doom, thisTab), (inboxId) => {
    tell({ kind: "committed", inboxId });
  });
}

async function initialize({ transport, manager }: Device): Promise<void> {
  await transport.online();
  await manager.initialize();
  tell({ kind: "ready", device: manager.getOwnDevice() });
}

function take(device: Device, frame: ToChild): void {
  if (frame.kind === "send") void send(device, frame.to, frame.text);
  else if (frame.kind === "finish") void finish(device);
  else device.transport.take(frame);
}

async function send({ manager }: Device, to: string, text: string): Promise<void> {
  try {
    tell({ kind: "sent", text, sent: await manager.sendMessage(to, text) });
  } catch (error) {
    const unsent = isOmemoError(error) ? error.unsent : [];
    tell({ kind: "refused", text, error: carryError(error), unsent });
  }
}

async function finish({ manager, store }: Device): Promise<void> {
  await manager.idle();
  await manager.close();
  await store.close();
  await globalThis.omemoEnded();
}
