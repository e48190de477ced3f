const TURNS = 20;

/**
 * Collects all garbage and lets the finalizers of native objects run, which come in later turns of
 * the event loop: else one candidate would pay for what the one before it left behind.
 */
export async function settle(): Promise<void> {
  for (let collection = 0; collection < 2; collection += 1) {
    globalThis.gc?.();
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
