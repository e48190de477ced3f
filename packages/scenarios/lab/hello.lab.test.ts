import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileStore } from "@omemo/store-file";
import { describe, expect, it } from "vitest";
import { recordsOf } from "../src/secrets/recordsOf.js";
import { requireSilentLog } from "../src/secrets/requireSilence.js";
import { LabProcess } from "./harness/labProcess.js";
import { canRun } from "./harness/labPrograms.js";
import { type LabAccount, type LabServer, startServer } from "./harness/startServer.js";
import { twomemoPeer } from "./harness/twomemoPeer.js";

const HELLO = fileURLToPath(new URL("../../../examples/hello/src/hello.ts", import.meta.url));

/** Runs a program in a folder, for as long as standard input stays open. */
const IN_FOLDER = `cd "$0" || exit
exec 4<&0
"$@" & cat <&4 >/dev/null & wait -n
kill $(jobs -p) 2>/dev/null`;

function startHello(server: LabServer, account: LabAccount, peer: string, folder: string) {
  const [username = ""] = account.jid.split("@");
  return new LabProcess({
    name: "hello",
    program: "bash",
    args: ["-c", IN_FOLDER, folder, process.execPath, HELLO],
    env: {
      ...server.env,
      SERVICE: `xmpp://${server.domain}:${server.tcpPort}`,
      USERNAME: username,
      PASSWORD: account.password,
      PEER: peer,
    },
  });
}

describe.skipIf(!canRun(["prosody", "twomemo"]))("the twenty lines of the README", () => {
  it("are read by a client that is not ours, read its answer, and go on after a restart", async () => {
    const server = await startServer("prosody");
    const folder = await mkdtemp(join(tmpdir(), "omemo-hello-"));
    const [juliet, romeo] = await server.addAccounts(["juliet", "romeo"]);
    if (juliet === undefined || romeo === undefined) throw new Error("no accounts");
    await mkdir(join(folder, "romeo"));
    const seat = { server, account: romeo, resource: "echo", folder: join(folder, "romeo") };
    const peer = await twomemoPeer("both", "--echo")(seat);
    const logs: string[] = [];
    try {
      for (const run of [1, 2]) {
        const hello = startHello(server, juliet, romeo.jid, folder);
        const answer = `${romeo.jid} echo: Wherefore? trusted`;
        await hello.log.waitFor("the answer", ({ line }) => line === answer);
        await hello.end();
        logs.push(hello.errorOutput);
        const read = peer.log.events.filter(({ body }) => body === "Wherefore?");
        expect(read).toHaveLength(run);
      }
      expect(peer.complaints()).toEqual([]);
      const store = await fileStore(join(folder, `${juliet.jid.split("@")[0]}.omemo`));
      const records = await recordsOf(store);
      await store.close();
      const texts = ["Wherefore?", juliet.password];
      for (const log of logs) requireSilentLog(log, { records, texts });
    } finally {
      await peer.kill();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
