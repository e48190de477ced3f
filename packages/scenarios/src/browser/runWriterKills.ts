import { glob, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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

/** What happened, in numbers. */
export interface WriterKillCounts {
  /** Those that had resolved. */
  readonly commits: number;
  /** Databases that Chromium deleted, and the store said so. */
  readonly deleted: number;
}

/**
 * Tabs and browsers that are killed again and again while a tab commits, each time looking at what
 * is there afterwards.
 *
 * Chromium that was killed again and again may find its log damaged in a later life, and deletes all
 * that an origin had in IndexedDB. No page can prevent that; what a store can
 * do is to say that it is gone instead of beginning anew. So that it is seen in each run, the log is
 * damaged in the end.
 * @throws Error when a commit that had resolved is missing, or there in part, or a database is
 * missing that Chromium does not claim to have deleted.
 */
export async function runWriterKills(options: WriterKillOptions): Promise<WriterKillCounts> {
  const { chromium, seed, kills } = options;
  const random = seededRandom(seed);
  const profile = await mkdtemp(join(tmpdir(), "omemo-profile-"));
  const pages = await servePages(new URL("writer.ts", import.meta.url));
  const start = () => launchBrowser(chromium, profile);
  const resolved = new Array<number>(LANES).fill(0);
  const counts = { commits: 0, deleted: 0 };
  const begunAgain = (): void => {
    counts.commits += resolved.reduce((total, count) => total + count, 0);
    resolved.fill(0);
  };
  const look = async (browser: LaunchedBrowser, where: string): Promise<void> => {
    const page = await openPage(browser, pages);
    const lanes = await page.evaluate(
      ([name, count]) => globalThis.omemoRead(name, count),
      WRITING,
    );
    if (lanes === undefined) {
      if (resolved.every((count) => count === 0)) return; // killed before there was one
      await claimed(browser.deletedDatabase, `seed ${seed}, ${where}`);
      counts.deleted += 1;
      return begunAgain();
    }
    for (const [lane, left] of lanes.entries()) {
      checkLane(left, resolved[lane] as number, `seed ${seed}, ${where}, lane ${lane}`);
      resolved[lane] = left.head;
    }
  };
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const fate = random.fork(`kill ${kill}`);
      await withBrowser(start(), async (browser) => {
        const page = await openPage(browser, pages);
        await writeUntil(page, fate, resolved);
        if (fate.chance(0.5)) return;
        await crash(page);
        await look(browser, `death of tab ${kill}`);
      });
      await withBrowser(start(), (browser) => look(browser, `death of browser ${kill}`));
    }
    await damageLogs(profile);
    await withBrowser(start(), (browser) => look(browser, "after the damage"));
    begunAgain();
    return counts;
  } finally {
    await pages.close();
    await rm(profile, { recursive: true });
  }
}

/** The browser is killed at the end, whatever it is doing. */
async function withBrowser(
  starting: Promise<LaunchedBrowser>,
  work: (browser: LaunchedBrowser) => Promise<void>,
): Promise<void> {
  const browser = await starting;
  try {
    await work(browser);
  } finally {
    await browser.kill();
  }
}

async function damageLogs(profile: string): Promise<void> {
  for await (const path of glob(join(profile, "Default/IndexedDB/*.leveldb/*.log"))) {
    const file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(new Uint8Array(64).fill(0x55), 0, 64, Math.floor(size / 2));
    await file.close();
  }
}

/** What it says may come a moment after what its pages say. */
async function claimed(deletedDatabase: Promise<void>, where: string): Promise<void> {
  const deadline = new AbortController();
  const tooLate = setTimeout(10_000, undefined, { signal: deadline.signal }).then(() => {
    throw new Error(`${where}: the database is gone, and Chromium does not say why`);
  });
  tooLate.catch(() => undefined); // ends with the deadline
  await Promise.race([deletedDatabase, tooLate]);
  deadline.abort();
}

async function openPage({ context }: LaunchedBrowser, { address }: PageServer): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address, { waitUntil: "load" });
  return page;
}

/** Resolves in the middle of whatever follows the n-th commit that resolved. */
async function writeUntil(page: Page, fate: SeededRandom, resolved: number[]): Promise<void> {
  const delay = fate.below(8);
  let left = 1 + fate.below(MAX_COMMITS);
  let resolvedLast = (): void => {};
  const dying = new Promise<void>((resolve, reject) => {
    resolvedLast = () => void setTimeout(delay).then(resolve);
    page.on("pageerror", reject);
  });
  await page.exposeFunction("omemoResolved", (lane: number, count: number) => {
    resolved[lane] = count;
    left -= 1;
    if (left === 0) resolvedLast();
  });
  await page.evaluate(([name, count]) => globalThis.omemoWrite(name, count), WRITING);
  await dying;
}

/** The process of the tab dies, as when it runs out of memory; the browser lives. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => undefined); // nobody is left to answer
  await crashed;
}

/** The last commits of a lane, whole; those that resolved among them. */
function checkLane({ head, log }: Lane, resolved: number, where: string): void {
  if (head < resolved) throw new Error(`${where}: commit ${resolved} resolved, ${head} is there`);
  const whole = [head - 2, head - 1, head].filter((count) => count > 0);
  if (log.join() !== whole.join()) {
    throw new Error(`${where}: at commit ${head} the log has ${log.join()}`);
  }
}
