import { storeFailure } from "../storeFailure.js";

export interface Patience {
  /** Ms. */
  readonly blockedTimeout: number;
  /** What to say when it was not enough. */
  readonly complaint: string;
  /** Called when the request comes through after all: it cannot be taken back. */
  readonly tooLate?: (request: IDBOpenDBRequest) => void;
}

/**
 * Resolves when the request to open or delete a database has succeeded. The browser first asks all
 * that have it open to let go; `blocked` says that somebody has not, and may be closing just now.
 * @throws OmemoError `store-failure` when they take too long, the error of the request otherwise.
 */
export function waitForOthers(request: IDBOpenDBRequest, patience: Patience): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hasGivenUp = false;
    request.onblocked = () => {
      timer ??= setTimeout(() => {
        hasGivenUp = true;
        reject(storeFailure(patience.complaint));
      }, patience.blockedTimeout);
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      if (hasGivenUp) patience.tooLate?.(request);
      else resolve();
    };
    request.onerror = (event) => {
      clearTimeout(timer);
      event.preventDefault(); // or Firefox reports it to the page as well
      reject(request.error);
    };
  });
}
