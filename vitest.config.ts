import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from "vitest/config";
import { type Chromium, findChromium } from "./packages/dev/chromium.ts";
import { LongestFirst } from "./packages/dev/longestFirst.ts";

const chromium = await findChromium();
const source = (path: string) => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

const project = (name: string): TestProjectConfiguration => ({
  extends: true,
  test: {
    name,
    root: `./packages/${name}`,
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.lab.test.ts", "test/**/*.browser.test.ts"],
    // Some of its tests give Node an IndexedDB, one needs it to have none.
    isolate: name === "store-indexeddb",
  },
});

const examples: TestProjectConfiguration = {
  extends: true,
  test: { name: "examples", include: ["examples/*/test/**/*.test.ts"] },
};

/** Real servers and clients: run by `test:lab` alone. Mostly they wait, but not for a crowd. */
const lab: TestProjectConfiguration = {
  extends: true,
  test: {
    name: "lab",
    root: "./packages/scenarios",
    include: ["**/*.lab.test.ts"],
    maxWorkers: 2,
    isolate: true,
  },
};

/** What only a real browser can tell. */
const browser: TestProjectConfiguration = {
  extends: true,
  test: {
    name: "browser",
    include: ["packages/*/test/**/*.browser.test.ts"],
    isolate: true,
    api: { host: "127.0.0.1" },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: chromium?.path ?? "",
          args: [...(chromium?.flags ?? [])],
          env: { ...process.env, ...chromium?.env },
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
};

/** Real processes that are killed, or race: run by `test:crash` and `test:race` alone. */
const processes = (name: "crash" | "race"): TestProjectConfiguration => ({
  extends: true,
  test: {
    name,
    root: "./packages/scenarios",
    include: [`${name}/**/*.test.ts`],
    fileParallelism: false,
    isolate: true,
    provide: { chromium },
  },
});

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
  "archive",
  "xmpp-client",
  "testkit",
  "scenarios",
  "dev",
];

declare module "vitest" {
  interface ProvidedContext {
    chromium: Chromium | undefined;
  }
}

const config: ViteUserConfig = defineConfig({
  // Tests run on sources, so no build is needed first.
  resolve: {
    alias: [
      { find: /^@omemo\/core\/wire$/, replacement: source("core/src/wire/index.ts") },
      { find: /^@omemo\/core\/backup$/, replacement: source("core/src/backup/index.ts") },
      { find: /^@omemo\/core\/trace$/, replacement: source("core/src/trace/index.ts") },
      {
        find: /^@omemo\/xmpp-client\/report$/,
        replacement: source("xmpp-client/src/report/index.ts"),
      },
      { find: /^@omemo\/trust\/atm$/, replacement: source("trust/src/atm/index.ts") },
      {
        find: /^@omemo\/trust\/verification$/,
        replacement: source("trust/src/verification/index.ts"),
      },
      {
        find: /^@omemo\/backend-noble\/testing$/,
        replacement: source("backend-noble/src/testing.ts"),
      },
      { find: /^@omemo\/backend-noble$/, replacement: source("backend-noble/src/index.node.ts") },
      {
        find: /^@omemo\/(core|backend-libsignal|store-file|store-caching|store-sql|store-indexeddb|store-encrypted|trust|archive|xmpp-client|testkit)$/,
        replacement: source("$1/src/index.ts"),
      },
    ],
  },
  test: {
    maxWorkers: "100%", // else a core is left idle: with two, the half of the machine
    isolate: false, // no module has state, so files may share them: half of the time was imports
    sequence: { sequencer: LongestFirst },
    fsModuleCache: true, // else each of these projects compiles what it imports anew
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      ...packages.map(project),
      ...(chromium ? [browser] : []),
      examples,
      lab,
      processes("crash"),
      processes("race"),
    ],
  },
});

export default config;
