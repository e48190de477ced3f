import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { replayTranscript } from "../../testkit/src/vectors/transcript/replayTranscript.js";
import { nobleBackend } from "../src/index.node.js";
import { inspectSession } from "../src/testing.js";

const root = new URL("../../testkit/vectors/", import.meta.url);
describe.each(["noble", "native"] as const)("%s", (primitives) => {
  for (const v of ["legacy", "omemo2"])
    for (const f of readdirSync(new URL(`${v}/transcripts`, root)).sort()) {
      it(`${v}/${f}`, async () => {
        const t = JSON.parse(readFileSync(new URL(`${v}/transcripts/${f}`, root), "utf8"));
        const r = await replayTranscript(f, t, {
          name: primitives,
          createBackend: (o) => nobleBackend({ ...o, primitives }),
          inspect: inspectSession,
        });
        expect(r.failures).toEqual([]);
      });
    }
});
