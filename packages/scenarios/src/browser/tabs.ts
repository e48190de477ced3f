import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OmemoStore } from "@omemo/core";
import type { DeviceProgram } from "../processes/childDevice.js";
import type { ChildConfig } from "../processes/frames.js";
import type { PersistentStore } from "../stores/testedStore.js";
import { type ChromiumProgram, type LaunchedBrowser, launchBrowser } from "./launchBrowser.js";
import { type PageServer, servePages } from "./servePages.js";
import { TabProcess } from "./tabProcess.js";

/** The store of IndexedDB, whose devices are tabs instead of processes. */
export interface Tabs {
  readonly store: PersistentStore;
  /** All at once, to be killed with the browser. */
  readonly together: DeviceProgram;
  /** One after another, each to be killed alone. */
  readonly apart: DeviceProgram;
}

const DATABASE = "omemo:juliet@example.org";

export function tabs(chromium: ChromiumProgram): Tabs {
  let profile = "";
  let pages: PageServer | undefined;
  let browser: Promise<LaunchedBrowser> | undefined;
  const openTab = (violence: "tabs" | "browser", config: ChildConfig): TabProcess => {
    browser ??= launchBrowser(chromium, profile);
    return new TabProcess(browser, violence, pages?.address ?? "", config);
  };
  const elsewhere = (): Promise<OmemoStore> => {
    return Promise.reject(new Error("only tabs of a browser can open it"));
  };
  const store: PersistentStore = {
    name: "indexeddb",
    isShared: true,
    open: elsewhere,
    prepare: async () => {
      profile = await mkdtemp(join(tmpdir(), "omemo-profile-"));
      pages = await servePages(new URL("tab.ts", import.meta.url));
      return {
        location: DATABASE,
        open: elsewhere,
        dispose: async () => {
          await browser?.then(({ kill }) => kill());
          await pages?.close();
          await rm(profile, { recursive: true });
        },
      };
    },
  };
  return {
    store,
    together: (config) => openTab("browser", config),
    apart: (config) => openTab("tabs", config),
  };
}
