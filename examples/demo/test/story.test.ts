import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CALM } from "@omemo/testkit";
import { expect, it } from "vitest";
import { narrator } from "../src/narrator.js";
import { NAMES, setStage } from "../src/stage/stage.js";
import { arrive } from "../src/story/arrive.js";
import { simulatedSurroundings } from "../src/surroundings/simulatedSurroundings.js";
import { tellStory } from "../src/tellStory.js";

const FAST = { ...CALM, latency: [0, 1] } as const;

it("tells a story of which every claim is true", async () => {
  const lines: string[] = [];
  const story = narrator((line) => lines.push(line), false);
  const surroundings = simulatedSurroundings(NAMES, { faults: FAST });
  await tellStory(surroundings, story);
  await surroundings.close();
  expect(story.failed).toEqual([]);
  expect(story.checked).toBeGreaterThan(20);
  expect(lines.join("\n")).toContain("7. ");
});

it("says so when a claim is not true: here the server hides lists", async () => {
  const story = narrator(() => undefined, false);
  const surroundings = simulatedSurroundings(NAMES, {
    faults: FAST,
    behaviour: {
      item: ({ node }, honest) => (node.endsWith("devicelist") ? undefined : honest),
    },
  });
  const folder = await mkdtemp(join(tmpdir(), "omemo-demo-test-"));
  await arrive(setStage(surroundings, story, folder));
  await surroundings.close();
  await rm(folder, { recursive: true });
  expect(story.failed).toEqual(["Carol's account lists 3 devices"]);
});
