import { afterAll, beforeAll, describe, it } from "vitest";
import { canRun } from "./harness/labPrograms.js";
import { Stage } from "./harness/stage.js";
import { type LabServer, startServer } from "./harness/startServer.js";
import { ownPairings } from "./pairings.js";
import { askBeforeSending } from "./trust/askBeforeSending.js";
import { shareDecisions } from "./trust/shareDecisions.js";
import { verifyOneByOne } from "./trust/verifyOneByOne.js";

const PATIENTLY = { timeout: 180_000 };

describe.skipIf(!canRun(["prosody", "json-lines"]))("trust on prosody", PATIENTLY, () => {
  let server: LabServer;
  beforeAll(async () => {
    server = await startServer("prosody");
  });
  afterAll(() => server.stop());

  it.each(["omemo2", "legacy"])(
    "%s: after one key was compared, each key of the account has to be [O2-105, O2-112, L-47, L-83, ATM-11]",
    async (versions) => play((stage) => verifyOneByOne(stage, versions)),
  );

  it("a message waits while its sender is asked about each key [O2-112]", () =>
    play(askBeforeSending));

  it("what one own device compared the other knows, whichever spoke first and also after it was offline, and nobody speaks for others' keys [TM-03, TM-05, ATM-01, ATM-03, ATM-05, ATM-06]", () =>
    play(shareDecisions));

  async function play(scenario: (stage: Stage) => Promise<void>): Promise<void> {
    const [pairing] = ownPairings;
    if (pairing === undefined) throw new Error("there is no pairing of ours");
    const stage = await Stage.open(pairing, server);
    try {
      await scenario(stage);
      await stage.checkSilence();
    } finally {
      await stage.close();
    }
  }
});
