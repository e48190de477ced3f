import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { LICENSED } from "../src/direction.ts";
import { readWorkspace } from "../src/workspace.ts";
import { plant } from "./plant.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const turbo = createRequire(`${root}/package.json`).resolve("turbo/bin/turbo");
const { boundaries } = JSON.parse(readFileSync(`${root}/turbo.json`, "utf8")) as {
  readonly boundaries: object;
};

/** What turbo says of a permissive package that depends on one with this tag, by our own rules. */
function verdict(tag: string): { readonly status: number | null; readonly output: string } {
  const dependencies = { "@omemo/other": "workspace:^" };
  const cwd = plant({
    "package.json": { name: "planted", private: true, packageManager: "pnpm@12.21.0" },
    "pnpm-workspace.yaml": "packages: [packages/*]\n",
    "turbo.json": { boundaries, tasks: {} },
    "packages/trust/package.json": { name: "@omemo/trust", version: "0.0.0", dependencies },
    "packages/trust/turbo.json": { extends: ["//"], tags: ["clean"] },
    "packages/other/package.json": { name: "@omemo/other", version: "0.0.0" },
    "packages/other/turbo.json": { extends: ["//"], tags: [tag] },
  });
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  const run = spawnSync(process.execPath, [turbo, "boundaries"], { cwd, env, encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
}

it("lets what is clean depend on what is clean", () => {
  expect(verdict("clean")).toMatchObject({ status: 0 });
});

it("fails when something clean depends on something under the AGPL", () => {
  const { status, output } = verdict("agpl");
  expect(status).toBe(1);
  expect(output).toMatch(/`@omemo\/other` found with tag listed in denylist/);
});

it("tags everything that touches libsignal", () => {
  for (const { folder } of readWorkspace(root)) {
    if (!LICENSED.has(folder)) continue;
    const { tags } = JSON.parse(readFileSync(`${root}/${folder}/turbo.json`, "utf8")) as object & {
      readonly tags: readonly string[];
    };
    expect([folder, ...tags]).toEqual([folder, "agpl"]);
  }
});
