import { describe, expect, it } from "vitest";
import { checkImports } from "../src/imports.ts";
import { plant } from "./plant.ts";

const permissive = { license: "Apache-2.0" };
const WORKSPACE = {
  "packages/core/package.json": { name: "@omemo/core", ...permissive },
  "packages/trust/package.json": { name: "@omemo/trust", ...permissive },
  "packages/store-file/package.json": { name: "@omemo/store-file", ...permissive },
  "packages/testkit/package.json": { name: "@omemo/testkit", ...permissive },
  "packages/backend-noble/package.json": { name: "@omemo/backend-noble", ...permissive },
  "packages/backend-libsignal/package.json": {
    name: "@omemo/backend-libsignal",
    license: "AGPL-3.0-only",
  },
  "packages/dev/package.json": { name: "@omemo/dev", private: true, ...permissive },
  "packages/scenarios/package.json": { name: "@omemo/scenarios", private: true, ...permissive },
  "examples/hello/package.json": { name: "@omemo/example-hello", private: true, ...permissive },
  "examples/licensed-backends/package.json": { name: "@omemo/example-licensed", private: true },
  "benchmarks/package.json": { name: "@omemo/benchmarks", private: true },
};

/** What the gate says about one file with one import. */
async function verdict(file: string, specifier: string): Promise<string | undefined> {
  const root = plant({ ...WORKSPACE, [file]: `import { x } from "${specifier}";\nx();\n` });
  const [problem, ...more] = await checkImports(root);
  expect(more).toEqual([]);
  return problem;
}

describe("direction of imports", () => {
  it.each([
    ["packages/trust/src/policy.ts", "@omemo/core"],
    ["packages/trust/src/policy.ts", "@omemo/core/wire"],
    ["packages/trust/src/policy.ts", "./other.js"],
    ["packages/trust/src/policy.ts", "node:fs"],
    ["packages/trust/test/policy.test.ts", "@omemo/testkit"],
    ["packages/trust/test/policy.test.ts", "../src/policy.js"],
    ["packages/trust/tsup.config.ts", "../dev/tsup.ts"],
    ["packages/backend-libsignal/src/backend.ts", "@signalapp/libsignal-client"],
    ["packages/backend-libsignal/test/backend.test.ts", "@omemo/backend-noble"],
    ["packages/scenarios/test/crash.test.ts", "@omemo/store-file"],
    ["examples/hello/src/hello.ts", "@omemo/trust"],
    ["examples/licensed-backends/src/choose.ts", "@omemo/backend-libsignal"],
    ["benchmarks/src/ratchet.ts", "@signalapp/libsignal-client"],
    ["packages/core/src/session/plan.ts", "../wire/index.js"],
    ["packages/core/src/backup/key.ts", "@noble/hashes/scrypt.js"],
    ["packages/core/src/trace/names.ts", "@noble/hashes/hmac.js"],
    ["packages/core/src/trace/state.ts", "../manager/context.js"],
  ])("lets %s import %s", async (file, specifier) => {
    expect(await verdict(file, specifier)).toBeUndefined();
  });

  it.each([
    ["packages/core/src/manager.ts", "@omemo/trust", "may not depend on this package of ours"],
    ["packages/core/test/manager.test.ts", "@omemo/testkit", "may not depend on this package"],
    ["packages/core/src/hash.ts", "@noble/hashes/sha2.js", "nothing but the platform"],
    ["packages/core/src/backup/key.ts", "@noble/ciphers/aes.js", "nothing but the platform"],
    ["packages/core/src/manager/key.ts", "../backup/key.js", "inside core the order is"],
    ["packages/core/src/manager/key.ts", "../trace/names.js", "inside core the order is"],
    ["packages/core/src/file.ts", "node:fs", "nothing but the platform"],
    ["packages/core/src/wire/codec.ts", "../session/plan.js", "inside core the order is"],
    ["packages/trust/src/policy.ts", "@omemo/store-file", "may not depend on this package"],
    ["packages/trust/src/policy.ts", "@omemo/testkit", "production code of packages/trust"],
    ["packages/trust/src/policy.ts", "../../core/src/index.js", "never by path"],
    ["packages/trust/src/policy.ts", "../test/example.js", "nothing beside itself"],
    ["packages/trust/src/policy.ts", "../../dev/tsup.ts", "never by path"],
    ["packages/trust/test/policy.test.ts", "@omemo/store-file", "test code of packages/trust"],
    ["packages/trust/test/policy.test.ts", "@omemo/scenarios", "test code of packages/trust"],
    ["packages/trust/src/policy.ts", "@signalapp/libsignal-client", "may touch libsignal"],
    ["packages/scenarios/test/a.test.ts", "@omemo/backend-libsignal", "may touch libsignal"],
    ["packages/scenarios/test/a.test.ts", "@omemo/dev", "may not depend on this package"],
    ["examples/hello/src/hello.ts", "@omemo/backend-libsignal", "may touch libsignal"],
    ["examples/hello/src/hello.ts", "@omemo/scenarios", "may not depend on this package"],
  ])("refuses that %s imports %s", async (file, specifier, reason) => {
    expect(await verdict(file, specifier)).toMatch(`${file}: ${specifier}: `);
    expect(await verdict(file, specifier)).toContain(reason);
  });

  it.each([
    'import type { X } from "@omemo/store-file";',
    'export * from "@omemo/store-file";',
    'const store = await import("@omemo/store-file");',
    'type Store = import("@omemo/store-file").Store;',
    'import store = require("@omemo/store-file");',
  ])("sees the import in: %s", async (statement) => {
    const root = plant({ ...WORKSPACE, "packages/trust/src/index.ts": statement });
    expect(await checkImports(root)).toHaveLength(1);
  });

  it("reads manifests as well as sources", async () => {
    const manifest = {
      name: "@omemo/trust",
      ...permissive,
      dependencies: { "@omemo/store-file": "workspace:^" },
      peerDependencies: { "@omemo/core": "workspace:^" },
      devDependencies: { "@omemo/testkit": "workspace:^", "@signalapp/libsignal-client": "0.23.1" },
    };
    const problems = await checkImports(
      plant({ ...WORKSPACE, "packages/trust/package.json": manifest }),
    );
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain("@omemo/store-file");
    expect(problems[1]).toContain("libsignal");
  });
});
