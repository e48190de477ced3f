import { EventEmitter } from "node:events";
import type { Page } from "playwright";
import type { DeviceProcess } from "../processes/childDevice.js";
import type { ChildConfig, ToChild, ToParent } from "../processes/frames.js";
import type { LaunchedBrowser } from "./launchBrowser.js";

/** A tab that runs `tab.ts`, dressed as the process of a device. */
export class TabProcess extends EventEmitter implements DeviceProcess {
  readonly #browser: Promise<LaunchedBrowser>;
  readonly #opened: Promise<Page>;
  readonly #violence: "tabs" | "browser";
  #page: Page | undefined;
  #waiting: ToChild[] = [];
  #isPosting = false;
  #isDying = false;
  #hasEnded = false;

  /** Killing it kills all tabs of the browser, or the browser with them. */
  constructor(
    browser: Promise<LaunchedBrowser>,
    violence: "tabs" | "browser",
    address: string,
    config: ChildConfig,
  ) {
    super();
    this.#browser = browser;
    this.#opened = browser.then(({ context }) => context.newPage());
    this.#violence = violence;
    this.#start(address, config).catch((error: unknown) => this.#fail(error));
  }

  get connected(): boolean {
    return !this.#hasEnded;
  }

  send(frame: ToChild, sent: () => void): void {
    this.#waiting.push(frame);
    sent();
    void this.#post();
  }

  kill(_signal: "SIGKILL"): void {
    if (this.#hasEnded || this.#isDying) return;
    this.#isDying = true;
    void this.#kill();
  }

  async #start(address: string, config: ChildConfig): Promise<void> {
    const page = await this.#opened;
    page.on("pageerror", (error) => this.#fail(error));
    await page.exposeFunction("omemoPost", (frame: ToParent) => {
      if (!this.#hasEnded) this.emit("message", frame);
    });
    await page.exposeFunction("omemoDie", () => this.kill("SIGKILL"));
    await page.exposeFunction("omemoEnded", () => this.#end(0, null));
    await page.goto(address, { waitUntil: "load" });
    await page.evaluate((given) => globalThis.omemoStart(given), config);
    this.#page = page;
    await this.#post();
  }

  /** Everything that has gathered, in order, then what has gathered meanwhile. */
  async #post(): Promise<void> {
    if (this.#isPosting) return;
    this.#isPosting = true;
    try {
      while (this.#page !== undefined && this.#waiting.length > 0 && !this.#hasEnded) {
        const frames = this.#waiting;
        this.#waiting = [];
        await this.#page.evaluate((given) => globalThis.omemoTake(given), frames);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPosting = false;
    }
  }

  async #kill(): Promise<void> {
    const [browser, page] = await Promise.all([this.#browser, this.#opened]);
    if (this.#violence === "browser") await browser.kill();
    else {
      const crashed = page.waitForEvent("crash");
      await browser.killTabs();
      await crashed;
      await page.close();
    }
    this.#end(null, "SIGKILL");
  }

  #fail(error: unknown): void {
    if (this.#hasEnded || this.#isDying) return;
    console.error("a tab failed:", error);
    this.#end(1, null);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.emit("disconnect");
    this.emit("exit", code, signal);
  }
}
