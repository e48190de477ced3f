import type { Clock, WebCrypto } from "@omemo/core";
import type { Life } from "./life.js";

/** The clock as one process sees it; its timers vanish with it. */
export function processClock(life: Life, clock: Clock): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) =>
      life.call("clock", "sleep", () => clock.sleep(ms, signal), { isHeld: false, latency: 0 }),
  };
}

/** WebCrypto whose answers die with the process. */
export function processCrypto(life: Life, { getRandomValues, subtle }: WebCrypto): WebCrypto {
  const call = <Value>(operation: string, work: () => Promise<Value>): Promise<Value> =>
    life.call("crypto", operation, work, { isHeld: true, latency: 0 });

  return {
    getRandomValues,
    subtle: {
      ...subtle,
      encrypt: (...given) => call("encrypt", () => subtle.encrypt(...given)),
      decrypt: (...given) => call("decrypt", () => subtle.decrypt(...given)),
      sign: (...given) => call("sign", () => subtle.sign(...given)),
      deriveBits: (...given) => call("deriveBits", () => subtle.deriveBits(...given)),
      digest: (...given) => call("digest", () => subtle.digest(...given)),
    },
  };
}
