import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runVectors, type VectorReport, type VectorSubject } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { libsignalBackend } from "../src/index.js";

const folder = fileURLToPath(new URL("../../testkit/vectors/legacy", import.meta.url));
const transcripts = readdirSync(`${folder}/transcripts`).sort();

/** The library takes its random numbers from the system, so only receiving can be replayed. */
const subject: VectorSubject = {
  name: "libsignal",
  createBackend: () => libsignalBackend({ license: "AGPL-3.0-only" }),
};

interface Transcript {
  readonly direction: string;
  readonly parties: Readonly<Record<string, object>>;
  readonly steps: readonly {
    readonly expect?: {
      readonly outcome: string;
      readonly acceptable?: readonly string[];
      readonly libsignalOutcome?: string;
    };
  }[];
}

function read(name: string): Transcript {
  return JSON.parse(readFileSync(`${folder}/transcripts/${name}`, "utf8")) as Transcript;
}

/** Bob's side alone; what the library is known to do differently is taken where `isLenient`. */
function asReceiver({ parties, steps, ...rest }: Transcript, isLenient: boolean): string {
  const lenient = steps.map((step) => {
    const { outcome, acceptable = [outcome], libsignalOutcome } = step.expect ?? { outcome: "" };
    if (!isLenient || libsignalOutcome === undefined) return step;
    return { ...step, expect: { ...step.expect, acceptable: [...acceptable, libsignalOutcome] } };
  });
  const alice = { ...parties.alice, identityPrivate: undefined };
  return JSON.stringify({ ...rest, parties: { ...parties, alice }, steps: lenient });
}

function run(name: string, text: string): Promise<VectorReport> {
  return runVectors([{ name, text }], [subject]);
}

describe("vectors on libsignal", () => {
  const received = transcripts.filter((name) => read(name).direction === "alice->bob");

  it.each(received)("opens and refuses as a receiver: %s", async (name) => {
    const transcript = read(name);
    const decrypts = transcript.steps.filter(({ expect }) => expect !== undefined).length;
    const { passed, failures } = await run(name, asReceiver(transcript, !name.startsWith("20-")));
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(Math.min(decrypts, 3));
  });

  it("never lets an altered wrapper through, where the library alone would [W-90, transcript 20]", async () => {
    const transcript = read("20-identity-swap.json");
    const steps = transcript.steps.map((step) =>
      step.expect?.libsignalOutcome === "ok"
        ? { ...step, expect: { outcome: "invalid-message" } }
        : step,
    );
    const strict = asReceiver({ ...transcript, steps }, false);
    expect(strict).not.toEqual(asReceiver(transcript, false));
    const { failures } = await run("20-identity-swap.json", strict);
    expect(failures).toEqual([]);
  });

  it.each(["stanzas.json", "bundles.json"])("reads what others wrote: %s", async (name) => {
    const { passed, failures } = await run(name, readFileSync(`${folder}/${name}`, "utf8"));
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(5);
  });
});
