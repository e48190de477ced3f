import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

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

export default defineConfig({
  // Tests run on sources, so no build is needed first.
  resolve: {
    alias: [
      { find: /^@omemo\/core\/wire$/, replacement: source("core/src/wire/index.ts") },
      { find: /^@omemo\/backend-noble$/, replacement: source("backend-noble/src/index.node.ts") },
      { find: /^@omemo\/(core|store-file|trust|xmpp-client|testkit)$/, replacement: source("$1/src/index.ts") },
    ],
  },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: ["core", "backend-noble", "store-file", "trust", "xmpp-client", "testkit", "scenarios"].map(project),
  },
});
