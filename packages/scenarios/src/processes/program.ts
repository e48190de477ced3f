// program.ts CONFIG: one device whose network is in the process that started it.
import { nobleBackend } from "@omemo/backend-noble";
import { bareJid, isOmemoError, OmemoManager, type OmemoStore } from "@omemo/core";
import { blindTrust } from "@omemo/trust";
import { witnessStore } from "../network/witnessStore.js";
import { persistentStoreNamed } from "../stores/stores.js";
import { carryError } from "./carriedError.js";
import { childTransport } from "./childTransport.js";
import { doomedStore, type Mortal } from "./doom.js";
import type { ChildConfig, ToChild, ToParent } from "./frames.js";
import { PROCESS_LIMITS } from "./processLimits.js";
import { tellConflicts } from "./tellConflicts.js";

const config: ChildConfig = JSON.parse(process.argv[2] ?? "");
const account = bareJid(config.account);

/** Resolves once the frame is in the hands of the system, where no signal to us reaches it. */
function post(frame: ToParent): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(frame, undefined, {}, (error) => (error ? reject(error) : resolve()));
  });
}
const tell = (frame: ToParent): void => void post(frame);

const store = observed(await persistentStoreNamed(config.store).open(config.location, account));
const transport = childTransport(account, post);
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
process.on("message", (frame: ToChild) => take(frame));

await transport.online();
await manager.initialize();
tell({ kind: "ready", device: manager.getOwnDevice() });

function observed(inner: OmemoStore): OmemoStore {
  const told = tellConflicts(inner, () => tell({ kind: "conflict" }));
  // Outermost, so that it tells of every commit after which this process still lives.
  const thisProcess: Mortal = {
    nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
    // No handler runs, nothing is flushed.
    die: () => {
      process.kill(process.pid, "SIGKILL");
      return new Promise(() => undefined);
    },
  };
  return witnessStore(doomedStore(told, config.doom, thisProcess), (inboxId) => {
    tell({ kind: "committed", inboxId });
  });
}

function take(frame: ToChild): void {
  if (frame.kind === "send") void send(frame.to, frame.text);
  else if (frame.kind === "finish") void finish();
  else transport.take(frame);
}

async function send(to: string, text: string): Promise<void> {
  try {
    tell({ kind: "sent", text, sent: await manager.sendMessage(to, text) });
  } catch (error) {
    const unsent = isOmemoError(error) ? error.unsent : [];
    tell({ kind: "refused", text, error: carryError(error), unsent });
  }
}

async function finish(): Promise<void> {
  await manager.idle();
  await manager.close();
  await store.close();
  process.disconnect();
}
