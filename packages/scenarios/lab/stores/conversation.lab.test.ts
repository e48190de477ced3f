import { join } from "node:path";
import { bareJid } from "@omemo/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileStoreModule } from "../../src/processes/compileProgram.js";
import { composedStores, persistentStores, usable } from "../../src/stores/stores.js";
import type { PersistentStore } from "../../src/stores/testedStore.js";
import { canRun } from "../harness/labPrograms.js";
import type { Side } from "../harness/pairing.js";
import { Stage } from "../harness/stage.js";
import { type LabServer, startServer } from "../harness/startServer.js";
import { restartInTheMiddle } from "../scenarios/restartInTheMiddle.js";
import { storePeer } from "./storePeer.js";

const tested = usable([
  ...persistentStores,
  // Both decorators at once: each alone is proved by the contract and the kills.
  ...composedStores.filter(({ name }) => name.startsWith("caching-encrypted-")),
]);

describe.skipIf(!canRun(["prosody", "json-lines"]))("a conversation on prosody", () => {
  let server: LabServer;
  beforeAll(async () => {
    server = await startServer("prosody");
  });
  afterAll(() => server.stop());

  for (const store of tested) {
    it(`goes on when either side is killed, over ${store.name}`, { timeout: 180_000 }, () =>
      converseOver(store, server),
    );
  }
});

async function converseOver(store: PersistentStore, server: LabServer): Promise<void> {
  const place = await store.prepare();
  const { path, remove } = await compileStoreModule(store.name);
  const side: Side = {
    program: "json-lines",
    launch: storePeer(path, store.isShared ? place.location : undefined),
    openState: ({ jid, folder }) =>
      store.open(store.isShared ? place.location : join(folder, "state"), bareJid(jid)),
    survivesKill: true,
    canReplaceSessions: true,
    readsArchives: true,
    wantedPreKeys: 100,
    reusesPreKeyIds: false,
  };
  const pairing = { name: store.name, left: side, right: side, version: "omemo2" } as const;
  const stage = await Stage.open(pairing, server);
  try {
    await restartInTheMiddle(stage);
    expect(stage.complaints()).toEqual([]);
    await stage.checkSilence();
  } finally {
    await stage.close();
    await place.dispose();
    await remove();
  }
}
