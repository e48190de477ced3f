import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Narrator } from "./narrator.js";
import { setStage } from "./stage/stage.js";
import { arrive } from "./story/arrive.js";
import { compareFingerprints } from "./story/compareFingerprints.js";
import { lookBack } from "./story/lookBack.js";
import { passTunnel } from "./story/passTunnel.js";
import { refuseForgeries } from "./story/refuseForgeries.js";
import { surviveCrash } from "./story/surviveCrash.js";
import { writeToEverybody } from "./story/writeToEverybody.js";
import type { Surroundings } from "./surroundings/surroundings.js";

const CHAPTERS = [
  arrive,
  compareFingerprints,
  writeToEverybody,
  passTunnel,
  surviveCrash,
  refuseForgeries,
  lookBack,
];

/** Plays all chapters in these surroundings; the narrator knows afterwards what was not true. */
export async function tellStory(surroundings: Surroundings, narrator: Narrator): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "omemo-demo-"));
  const stage = setStage(surroundings, narrator, folder);
  try {
    for (const chapter of CHAPTERS) await chapter(stage);
  } finally {
    // One after the other: two devices of an account share a list.
    for (const device of stage.devices) await device.retire();
    await rm(folder, { recursive: true, force: true });
  }
}
