import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { plant } from "./plant.ts";

const program = fileURLToPath(new URL("../lockcheck.mjs", import.meta.url));

function lockcheck(...lines: readonly string[]): { status: number | null; stderr: string } {
  const folder = plant({ "pnpm-lock.yaml": ["packages:", ...lines, ""].join("\n") });
  const file = join(folder, "pnpm-lock.yaml");
  return spawnSync(process.execPath, [program, file], { encoding: "utf8" });
}

const platforms = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"];
const lines = platforms.map((platform) => `  '@biomejs/cli-${platform}@2.5.15':`);

it("accepts a tool with the binaries of every platform", () => {
  expect(lockcheck(...lines)).toMatchObject({ status: 0, stderr: "" });
});

it.each(["linux-arm64", "darwin-arm64", "win32-x64"])("misses the binary for %s", (platform) => {
  const { status, stderr } = lockcheck(...lines.filter((line) => !line.includes(platform)));
  expect(status).toBe(1);
  expect(stderr).toContain("beside @biomejs/cli-linux-x64");
});

it("refuses an address", () => {
  const address = "    resolution: {tarball: https://registry.example/a.tgz}";
  expect(lockcheck(...lines, address).status).toBe(1);
});

it("refuses a file that holds no package, such as one in a newer format", () => {
  expect(lockcheck().status).toBe(1);
});
