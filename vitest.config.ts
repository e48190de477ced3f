import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

const project = (name: string): TestProjectConfiguration => ({
  extends: true,
  test: {
    name,
    root: `./packages/${name}`,
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.lab.test.ts"],
  },
});

const examples: TestProjectConfiguration = {
  extends: true,
  test: { name: "examples", include: ["examples/*/test/**/*.test.ts"] },
};

/** Real servers and clients: run by `test:lab` alone, one file at a time. */
const lab: TestProjectConfiguration = {
  extends: true,
  test: {
    name: "lab",
    root: "./packages/scenarios",
    include: ["**/*.lab.test.ts"],
    fileParallelism: false,
  },
};

const packages = [
  "core",
  "backend-noble",
  "backend-libsignal",
  "store-file",
  "store-caching",
  "store-sql",
  "store-indexeddb",
  "store-encrypted",
  "trust",
  "xmpp-client",
  "testkit",
  "scenarios",
  "dev",
];

const config: ViteUserConfig = defineConfig({
  // Tests run on sources, so no build is needed first.
  resolve: {
    alias: [
      { find: /^@omemo\/core\/wire$/, replacement: source("core/src/wire/index.ts") },
      {
        find: /^@omemo\/backend-noble\/testing$/,
        replacement: source("backend-noble/src/testing.ts"),
      },
      { find: /^@omemo\/backend-noble$/, replacement: source("backend-noble/src/index.node.ts") },
      {
        find: /^@omemo\/(core|backend-libsignal|store-file|store-caching|store-sql|store-indexeddb|store-encrypted|trust|xmpp-client|testkit)$/,
        replacement: source("$1/src/index.ts"),
      },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [...packages.map(project), examples, lab],
  },
});

export default config;
