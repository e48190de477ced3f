import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type BrowserContext, chromium } from "playwright";

/** How to start the Chromium that was found. */
export interface ChromiumProgram {
  readonly path: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A Chromium of our own, with the profile that it was given. */
export interface LaunchedBrowser {
  readonly context: BrowserContext;
  /** `kill -9`, with all that it has started; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Tabs that nobody looks at run as fast as the one in front. */
const FLAGS = [
  "--headless",
  "--remote-debugging-port=0",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

const ADDRESS = /^DevTools listening on (ws:\/\/127\.0\.0\.1\S+)$/;

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
    const browser = await chromium.connectOverCDP(await addressOf(child.stderr));
    // Comes when everything that its pages had said was heard.
    gone.push(new Promise((resolve) => browser.once("disconnected", resolve)));
    const [context] = browser.contexts();
    if (context === undefined) throw new Error("Chromium has no window");
    return { context, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function addressOf(stderr: NodeJS.ReadableStream | null): Promise<string> {
  const said: string[] = [];
  if (stderr === null) throw new Error("Chromium was started without a pipe");
  for await (const line of createInterface({ input: stderr })) {
    const [, address] = ADDRESS.exec(line) ?? [];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
    said.push(line);
  }
  throw new Error(`Chromium did not start:\n${said.slice(-10).join("\n")}`);
}
