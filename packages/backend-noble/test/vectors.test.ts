import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runVectors } from "../../testkit/src/vectors/runVectors.js";
import { nobleBackend } from "../src/index.node.js";
import {
  cryptoFunctions,
  inspectSession,
  nativePrimitives,
  noblePrimitives,
} from "../src/testing.js";

const root = new URL("../../testkit/vectors/", import.meta.url);
const files = (readdirSync(root, { recursive: true }) as string[])
  .filter((n) => n.endsWith(".json"))
  .sort();
describe.each(["noble", "native"] as const)("%s", (primitives) => {
  it.each(files)("%s", async (name) => {
    const r = await runVectors(
      [{ name, text: readFileSync(new URL(name, root), "utf8") }],
      [
        {
          name: primitives,
          createBackend: (o) => nobleBackend({ ...o, primitives }),
          inspect: inspectSession,
          crypto: cryptoFunctions(primitives === "noble" ? noblePrimitives() : nativePrimitives()),
        },
      ],
    );
    expect(r.failures).toEqual([]);
    expect(r.passed + r.notCovered.length).toBeGreaterThan(0);
    if (r.notCovered.length) console.log(name, r.notCovered);
  });
});
