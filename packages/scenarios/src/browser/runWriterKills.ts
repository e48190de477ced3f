import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import type { Page } from "playwright";
import { type ChromiumProgram, type LaunchedBrowser, launchBrowser } from "./launchBrowser.js";
import { type PageServer, servePages } from "./servePages.js";
import type { Lane } from "./writer.js";

export interface WriterKillOptions {
  readonly chromium: ChromiumProgram;
  readonly seed: string;
  readonly kills: number;
}

const LANES = 3;
const WRITING = ["omemo:juliet@example.org", LANES] as const;
/** Commits that resolve in a life at most, before it ends. */
const MAX_COMMITS = 60;

/**
 * A browser that is killed again and again while a tab of it commits, each time looking at what is
 * there afterwards. Resolves to the number of commits that had resolved.
 * @throws Error when one of them is missing, or a commit is there in part.
 */
export async function runWriterKills(options: WriterKillOptions): Promise<number> {
  const { seed, kills } = options;
  const random = seededRandom(seed);
  const profile = await mkdtemp(join(tmpdir(), "omemo-profile-"));
  const pages = await servePages(new URL("writer.ts", import.meta.url));
  const resolved = new Array<number>(LANES).fill(0);
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      await inBrowser(options, profile, pages, (page, browser) =>
        writeAndDie(page, browser, random.fork(`kill ${kill}`), resolved),
      );
      const lanes = await inBrowser(options, profile, pages, (page) =>
        page.evaluate(([name, count]) => globalThis.omemoRead(name, count), WRITING),
      );
      for (const [lane, left] of lanes.entries()) {
        checkLane(left, resolved[lane] as number, `seed ${seed}, kill ${kill}, lane ${lane}`);
        resolved[lane] = left.head;
      }
    }
    return resolved.reduce((total, count) => total + count, 0);
  } finally {
    await pages.close();
    await rm(profile, { recursive: true });
  }
}

async function inBrowser<Result>(
  { chromium }: WriterKillOptions,
  profile: string,
  { address }: PageServer,
  work: (page: Page, browser: LaunchedBrowser) => Promise<Result>,
): Promise<Result> {
  const browser = await launchBrowser(chromium, profile);
  try {
    const page = await browser.context.newPage();
    await page.goto(address, { waitUntil: "load" });
    return await work(page, browser);
  } finally {
    await browser.kill();
  }
}

/** Kills the browser in the middle of whatever follows the n-th commit that resolved. */
async function writeAndDie(
  page: Page,
  { kill }: LaunchedBrowser,
  random: SeededRandom,
  resolved: number[],
): Promise<void> {
  const delay = random.below(8);
  let left = 1 + random.below(MAX_COMMITS);
  let resolvedLast = (): void => {};
  const dying = new Promise<void>((resolve, reject) => {
    resolvedLast = () => setTimeout(resolve, delay);
    page.on("pageerror", reject);
  });
  await page.exposeFunction("omemoResolved", (lane: number, count: number) => {
    resolved[lane] = count;
    left -= 1;
    if (left === 0) resolvedLast();
  });
  await page.evaluate(([name, count]) => globalThis.omemoWrite(name, count), WRITING);
  await dying;
  await kill();
}

/** The last commits of a lane, whole; those that resolved among them. */
function checkLane({ head, log }: Lane, resolved: number, where: string): void {
  if (head < resolved) throw new Error(`${where}: commit ${resolved} resolved, ${head} is there`);
  const whole = [head - 2, head - 1, head].filter((count) => count > 0);
  if (log.join() !== whole.join()) {
    throw new Error(`${where}: at commit ${head} the log has ${log.join()}`);
  }
}
