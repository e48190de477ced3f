import type { Check, CheckCode, ServerReport } from "@omemo/xmpp-client/report";
import { describe, expect, it } from "vitest";
import { canRun } from "./harness/labPrograms.js";
import { type ServerKind, startServer } from "./harness/startServer.js";
import { editFor } from "./report/configuration.js";
import { shortcomings } from "./report/shortcomings.js";
import { takeReport } from "./report/takeReport.js";

async function reportWith(
  kind: ServerKind,
  edits: readonly string[],
  hasRoom = false,
): Promise<ServerReport> {
  const server = await startServer(kind, { edits });
  try {
    return await takeReport(server, hasRoom);
  } finally {
    await server.stop();
  }
}

function find({ checks }: ServerReport, code: CheckCode): Check {
  const found = checks.find((check) => check.code === code);
  if (found === undefined) throw new Error(`nothing is said of ${code}`);
  return found;
}

describe.each(["prosody", "ejabberd"] as const)("a report on %s", (kind) => {
  describe.skipIf(!canRun([kind]))("as it runs", () => {
    it("finds that the lab's server lacks nothing but uploads [O2-190, O2-191]", async () => {
      const report = await reportWith(kind, []);
      expect(report.software?.toLowerCase()).toBe(kind);
      const complaints = report.checks.filter(({ state }) => state !== "fine");
      expect(complaints.map(({ code }) => code)).toEqual(["upload"]);
    });

    it.each(shortcomings[kind].map((each) => [each.code, each] as const))(
      "finds what is wrong with %s, and names the line that mends it [O2-191, PEP-11]",
      async (code, { state, edits }) => {
        const hasRoom = code === "room-settings";
        const before = find(await reportWith(kind, edits, hasRoom), code);
        expect(before).toMatchObject({ state, remedy: expect.anything() });
        const line = before.remedy?.[kind];
        if (line === undefined) throw new Error("no remedy");
        const mended = [...edits, ...editFor(kind, line)];
        const after = find(await reportWith(kind, mended, hasRoom), code);
        expect(after.state).toBe("fine");
      },
    );
  });
});
