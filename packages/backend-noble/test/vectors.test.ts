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

describe.each([noblePrimitives(), nativePrimitives()])("vectors on $name", (primitives) => {
  it.each(files)("pass: %s", async (name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const report = await runVectors([{ name, text }], [subjectOf(primitives)]);
    expect(report.failures).toEqual([]);
    expect(report.passed > 0).toBe(!OTHERS.includes(name));
  });
});
