import { Worker } from "node:worker_threads";
import {
  type LibraryFailure,
  type LibraryOpened,
  OPEN_IN_THREAD,
  type OpenRequest,
} from "./openMessage.js";

/** A file of the same kind beside this one: TypeScript in tests, what was built of it elsewhere. */
const THREAD: URL = new URL(import.meta.url.replace(/[^/]*(\.\w+)$/, "openMessage$1"));

/**
 * Opens a message in a thread of its own, so that a counter that jumps far, forged or not, keeps
 * nobody waiting: 25 000 steps take the library seven seconds.
 */
export function openInThread(request: OpenRequest): Promise<LibraryOpened | LibraryFailure> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(THREAD, { workerData: { task: OPEN_IN_THREAD, request } });
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("a thread ended without an answer")));
  });
}
