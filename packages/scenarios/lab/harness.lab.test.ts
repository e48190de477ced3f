import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { describePairing } from "./describePairing.js";
import { freePort } from "./harness/freePort.js";
import { LabProcess } from "./harness/labProcess.js";
import { canRun, labFile } from "./harness/labPrograms.js";
import { startServer } from "./harness/startServer.js";
import { selfCheck } from "./pairings.js";

describePairing("prosody", selfCheck);

/** A connection that tells when the other end is gone, however it went. */
async function watch(port: number): Promise<{ readonly closed: Promise<void> }> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {
    // A reset is an end as well: "close" follows.
  });
  return { closed: new Promise((resolve) => socket.resume().once("close", () => resolve())) };
}

for (const kind of ["prosody", "ejabberd"] as const) {
  describe.skipIf(!canRun([kind]))(`a throw-away ${kind}`, () => {
    it("ends and removes its files when it is stopped", async () => {
      const server = await startServer(kind);
      const folder = dirname(dirname(server.caFile));
      const gone = await watch(server.tcpPort);
      await server.stop();
      await gone.closed;
      expect(existsSync(folder)).toBe(false);
    });

    it("does not outlive a process that is killed while it owns it", async () => {
      const folder = await mkdtemp(join(tmpdir(), "omemo-owner-"));
      const [port, httpPort] = [await freePort(), await freePort()];
      const args = ["run", "--dir", folder, "--port", `${port}`, "--http-port", `${httpPort}`];
      const options = { detached: true, stdio: ["pipe", "inherit", "inherit"] };
      const call = JSON.stringify([labFile(`${kind}.sh`), [...args, "--purge"], options]);
      const owner = new LabProcess({
        name: `owner of ${kind}`,
        program: process.execPath,
        args: ["-e", `require("node:child_process").spawn(...${call})`],
      });
      await owner.log.waitFor("readiness", ({ line }) => line === "LAB_READY=1");
      const gone = await watch(port);
      await owner.kill();
      await gone.closed;
      expect(existsSync(folder)).toBe(false);
    });
  });
}
