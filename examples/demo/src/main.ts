import { chooseSurroundings } from "./chooseSurroundings.js";
import { narrator } from "./narrator.js";
import { tellStory } from "./tellStory.js";

const hasColours = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const story = narrator((line) => console.log(line), hasColours);
const start = performance.now();

async function tell(): Promise<void> {
  const { surroundings, hint } = await chooseSurroundings(process.argv.slice(2));
  console.log(`Three people, seven devices, both versions of OMEMO, on ${surroundings.name}.`);
  if (hint !== "") console.log(hint);
  try {
    await tellStory(surroundings, story);
  } finally {
    await surroundings.close();
  }
}

/** The last lines, and whether the story may be believed. */
function summary(): boolean {
  const { checked, failed } = story;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log("");
  for (const claim of failed) console.log(`NOT true: ${claim}`);
  console.log(
    failed.length === 0
      ? `All ${checked} claims were checked, and are true. ${seconds} s.`
      : `${failed.length} of ${checked} claims are NOT true. ${seconds} s.`,
  );
  return failed.length === 0;
}

try {
  await tell();
  process.exit(summary() ? 0 : 1);
} catch (error) {
  console.error(`\nThe story could not be told: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
