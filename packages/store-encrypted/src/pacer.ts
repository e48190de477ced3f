/**
 * Says when to let others run. It counts bytes and reads no clock, so that a simulated network stays
 * repeatable.
 */
export interface Pacer {
  /** A promise to wait for, each time that a slice is used up. */
  spend(bytes: number): Promise<void> | undefined;
}

/** About 5 ms of ciphers in JavaScript, which leaves slow machines room below a frame of 16 ms. */
const SLICE = 400_000;
/** What a record costs beside its bytes, in bytes. */
const RECORD = 4000;

export function createPacer(): Pacer {
  let left = SLICE;
  return {
    spend: (bytes) => {
      left -= RECORD + bytes;
      if (left > 0) return undefined;
      left = SLICE;
      return pause();
    },
  };
}

/** A turn of the event loop, as short as the platform has it. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else if (typeof MessageChannel === "function") {
      // Browsers stretch repeated timeouts to 4 ms; a message is not stretched.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    } else setTimeout(resolve, 0);
  });
}
