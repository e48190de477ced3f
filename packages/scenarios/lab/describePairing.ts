import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun } from "./harness/labPrograms.js";
import type { Pairing } from "./harness/pairing.js";
import { Stage } from "./harness/stage.js";
import { type LabServer, type ServerKind, startServer } from "./harness/startServer.js";
import { scenarios } from "./scenarios.js";

/** Plays every scenario that suits the pairing, each with fresh accounts on one server. */
export function describePairing(kind: ServerKind, pairing: Pairing): void {
  const programs = [kind, pairing.left.program, pairing.right.program] as const;
  describe.skipIf(!canRun(programs))(`${pairing.name} on ${kind}`, () => {
    let server: LabServer;
    beforeAll(async () => {
      server = await startServer(kind, { forProfanity: programs.includes("profanity") });
    });
    afterAll(() => server.stop());

    for (const { name, run } of scenarios.filter(({ suits }) => suits(pairing))) {
      it(name, { timeout: 180_000 }, async () => {
        const stage = await Stage.open(pairing, server);
        try {
          await run(stage);
          expect(stage.complaints()).toEqual([]);
          await stage.checkSilence();
        } finally {
          await stage.close();
        }
      });
    }
  });
}
