import { join } from "node:path";
import type { OmemoStore } from "@omemo/core";
import { fileStore } from "@omemo/store-file";
import { recordsOf } from "../../src/secrets/recordsOf.js";
import { requireSilentLog, requireSilentTrace } from "../../src/secrets/requireSilence.js";
import { JsonLinesPeer } from "./jsonLinesPeer.js";
import type { LabDevice } from "./labDevice.js";

/**
 * Ends a client of ours, if it still runs, and looks through its trace and the logs of all its lives
 * for all that it knows. @throws Error that names what they tell.
 */
export async function checkSilence(device: LabDevice, said: readonly string[]): Promise<void> {
  if (!device.side.program.startsWith("json-lines")) return;
  const lives = device.lives.filter((life) => life instanceof JsonLinesPeer);
  const last = lives.at(-1);
  if (last === undefined) return;
  const trace = last.hasEnded ? "" : JSON.stringify(await last.command({ cmd: "trace" }));
  await last.quit();
  const records = await storedBy(device);
  const texts = [...said, device.account.password];
  requireSilentTrace(trace, { records, texts });
  for (const { errorOutput } of lives) requireSilentLog(errorOutput, { records, texts });
}

async function storedBy(device: LabDevice): Promise<Awaited<ReturnType<typeof recordsOf>>> {
  const store = await (device.side.openState ?? openFile)(device);
  try {
    return await recordsOf(store);
  } finally {
    await store.close();
  }
}

function openFile({ folder }: Pick<LabDevice, "folder">): Promise<OmemoStore> {
  return fileStore(join(folder, "state"));
}
