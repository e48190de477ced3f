import type { Command } from "../command.js";
import type { Peer } from "../peer.js";
import { answer } from "./answer.js";
import { auditLog } from "./auditLog.js";
import { devices } from "./devices.js";
import { disable, enable } from "./disable.js";
import { distrust } from "./distrust.js";
import { explain } from "./explain.js";
import { showFingerprint } from "./fingerprint.js";
import { fingerprintUri } from "./fingerprintUri.js";
import { archive, catchUp, hold, release } from "./history.js";
import { ask, serve } from "./iq.js";
import { label } from "./label.js";
import { optOut, optOuts } from "./optOut.js";
import { pause, resume } from "./pausing.js";
import { plan } from "./plan.js";
import { removeDevices } from "./removeDevices.js";
import { join, makeRoom, sendToRoom } from "./rooms.js";
import { send } from "./send.js";
import { serverReport } from "./serverReport.js";
import { chain, replace, update } from "./sessions.js";
import { raw, subscribe } from "./stanzas.js";
import { trace } from "./trace.js";
import { trust } from "./trust.js";
import { applyTrustUri, trustUri } from "./trustUri.js";
import { verify } from "./verify.js";

type Handler = (peer: Peer, command: Command) => Promise<unknown>;

/** Takes this device off the lists, then withdraws its bundles. */
const leave: Handler = async ({ manager }) => {
  await manager.purgeEverything();
  return null;
};

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["send", send],
  ["subscribe", subscribe],
  ["devices", devices],
  ["trust", trust],
  ["distrust", distrust],
  ["verify", verify],
  ["fingerprint", showFingerprint],
  ["fingerprint-uri", fingerprintUri],
  ["trust-uri", trustUri],
  ["apply-trust-uri", applyTrustUri],
  ["explain", explain],
  ["audit-log", auditLog],
  ["answer", answer],
  ["replace", replace],
  ["update", update],
  ["chain", chain],
  ["optout", optOut],
  ["optouts", optOuts],
  ["iq", ask],
  ["serve", serve],
  ["raw", raw],
  ["leave", leave],
  ["label", label],
  ["remove-devices", removeDevices],
  ["disable", disable],
  ["enable", enable],
  ["plan", plan],
  ["pause", pause],
  ["resume", resume],
  ["join", join],
  ["makeroom", makeRoom],
  ["room", sendToRoom],
  ["archive", archive],
  ["catchup", catchUp],
  ["hold", hold],
  ["release", release],
  ["server-report", serverReport],
  ["trace", trace],
]);

/** Answers what another command may be waiting for. */
export function isUrgent({ cmd }: Command): boolean {
  return cmd === "answer";
}

/**
 * Does what a command says, and resolves with the `result` of its answer.
 * @throws Error with the reason that the answer gives.
 */
export async function execute(peer: Peer, command: Command): Promise<unknown> {
  const handler = HANDLERS.get(command.cmd);
  if (handler === undefined) throw new Error(`unknown command ${command.cmd}`);
  return handler(peer, command);
}
