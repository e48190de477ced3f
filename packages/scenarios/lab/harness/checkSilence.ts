import { join } from "node:path";
import { fileStore } from "@omemo/store-file";
import { recordsOf } from "../../src/secrets/recordsOf.js";
import { requireSilentLog, requireSilentTrace } from "../../src/secrets/requireSilence.js";
import { JsonLinesPeer } from "./jsonLinesPeer.js";
import type { LabDevice } from "./labDevice.js";

/**
 * Ends a client of ours that runs, and looks through its trace and its log for all that it knows.
 * @throws Error that names what they tell.
 */
export async function checkSilence(device: LabDevice, said: readonly string[]): Promise<void> {
  const { side, peer, account, folder } = device;
  if (!side.program.startsWith("json-lines") || !(peer instanceof JsonLinesPeer)) return;
  if (peer.hasEnded) return;
  const trace = JSON.stringify(await peer.command({ cmd: "trace" }));
  await peer.quit();
  const store = await fileStore(join(folder, "state"));
  const records = await recordsOf(store);
  await store.close();
  const texts = [...said, account.password];
  requireSilentTrace(trace, { records, texts });
  requireSilentLog(peer.errorOutput, { records, texts });
}
