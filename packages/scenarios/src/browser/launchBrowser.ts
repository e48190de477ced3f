import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { type Browser, type BrowserContext, chromium } from "playwright";

/** How to start the Chromium that was found. */
export interface ChromiumProgram {
  readonly path: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A Chromium of our own, with the profile that it was given. */
export interface LaunchedBrowser {
  readonly context: BrowserContext;
  /** Resolves when it says that it found a database damaged, and has deleted it. */
  readonly deletedDatabase: Promise<void>;
  /** `kill -9` of the processes of its tabs; itself, which keeps the databases, lives on. */
  killTabs(): Promise<void>;
  /** `kill -9`, with all that it has started; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Tabs that nobody looks at run as fast as the one in front. */
const FLAGS = [
  "--headless",
  "--remote-debugging-port=0",
  "--enable-logging=stderr",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

const ADDRESS = /^DevTools listening on (ws:\/\/127\.0\.0\.1\S+)$/;
const DELETED = /IndexedDB recovering from a corrupted \(and deleted\) database/;

/** @throws Error with its last words when it does not come up. */
export async function launchBrowser(
  { path, flags, env }: ChromiumProgram,
  profile: string,
): Promise<LaunchedBrowser> {
  const child = spawn(
    path,
    // It ends when that pipe breaks, so that it never outlives the process that tests.
    [...flags, ...FLAGS, "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
    {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
      detached: true, // a group of its own, to be killed as a whole
    },
  );
  const gone: Promise<unknown>[] = [once(child, "exit")];
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      process.kill(-child.pid, "SIGKILL");
    }
    await Promise.all(gone);
  };
  try {
    const { address, lines } = await addressOf(child.stderr);
    const deletedDatabase = new Promise<void>((resolve) => {
      lines.on("line", (line) => DELETED.test(line) && resolve());
    });
    const browser = await chromium.connectOverCDP(address);
    // Comes when everything that its pages had said was heard.
    gone.push(new Promise((resolve) => browser.once("disconnected", resolve)));
    const [context] = browser.contexts();
    if (context === undefined) throw new Error("Chromium has no window");
    return { context, deletedDatabase, killTabs: () => killRenderers(browser), kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function killRenderers(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  for (const { type, id } of processInfo) {
    try {
      if (type === "renderer") process.kill(id, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // one that nobody used
    }
  }
}

/** Where it listens, and what else it says. */
async function addressOf(
  stderr: NodeJS.ReadableStream | null,
): Promise<{ readonly address: string; readonly lines: Interface }> {
  if (stderr === null) throw new Error("Chromium was started without a pipe");
  const said: string[] = [];
  const lines = createInterface({ input: stderr });
  return await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const [, address] = ADDRESS.exec(line) ?? [];
      if (address !== undefined) resolve({ address, lines });
      said.push(line);
      if (said.length > 10) said.shift();
    });
    lines.once("close", () => {
      reject(new Error(`Chromium did not start:\n${said.join("\n")}`));
    });
  });
}
