import { afterAll, beforeAll, describe, it } from "vitest";
import type { PersistentPlace } from "../../src/stores/testedStore.js";
import { canRun } from "../harness/labPrograms.js";
import { type LabServer, type ServerKind, startServer } from "../harness/startServer.js";
import { cases } from "./cases.js";
import { LiveStage } from "./liveStage.js";
import type { Setting } from "./setting.js";

/** Plays every case in each of these settings, with fresh accounts on one server. */
export function describeSettings(kind: ServerKind, settings: readonly Setting[]): void {
  describe.skipIf(!canRun([kind, "json-lines on libsignal"]))(`on ${kind}`, () => {
    let server: LabServer;
    beforeAll(async () => {
      server = await startServer(kind);
    });
    afterAll(() => server.stop());

    describe.each(settings)("$name", (setting) => {
      let shared: PersistentPlace | undefined;
      beforeAll(async () => {
        if (setting.store.isShared) shared = await setting.store.prepare();
      });
      afterAll(() => shared?.dispose());

      // Each waits for the network most of the time, and has accounts of its own.
      for (const { name, run } of cases) {
        it.concurrent(name, { timeout: 120_000 }, async () => {
          const stage = new LiveStage(setting, server, shared);
          try {
            await run(stage);
          } finally {
            await stage.close();
          }
        });
      }
    });
  });
}
