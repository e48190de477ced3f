import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runVectors } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { nativePrimitives, noblePrimitives } from "../src/testing.js";
import { subjectOf } from "./support/vectorSubject.js";

const folder = fileURLToPath(new URL("../../testkit/vectors", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .sort();

/** Says nothing about sessions: what happens to files and links is tested elsewhere. */
const OTHERS: readonly string[] = ["specs/related-vectors.json"];

/** What the files of a kind fix, byte for byte. */
const FIXED: readonly (readonly [path: RegExp, requirements: string])[] = [
  [/^legacy.x3dh/, "[W-03, W-30, W-31, W-32, W-34]"],
  [/^legacy.xeddsa/, "[W-10, W-11, W-12, W-17, L-18]"],
  [/^legacy.transcripts/, "[W-40, W-41, W-42, W-43, W-63, W-71, W-78]"],
  [/^omemo2.signatures/, "[O2-07, O2-43]"],
  [/^omemo2.x3dh/, "[O2-40, O2-41, O2-42]"],
  [/^omemo2.transcripts/, "[O2-45, O2-52, O2-54, O2-55, O2-56, O2-64]"],
];

function fixedBy(name: string): string {
  return FIXED.find(([path]) => path.test(name))?.[1] ?? "";
}

describe.each([noblePrimitives(), nativePrimitives()])("vectors on $name", (primitives) => {
  it.each(files.map((name) => [name, fixedBy(name)] as const))("pass: %s %s", async (name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const report = await runVectors([{ name, text }], [subjectOf(primitives)]);
    expect(report.failures).toEqual([]);
    expect(report.passed > 0).toBe(!OTHERS.includes(name));
  });
});
