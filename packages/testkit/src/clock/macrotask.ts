/**
 * A function whose promise resolves in a later turn of the real event loop, when every microtask
 * that could run has run. As long as nobody waits for real timers or I/O this is deterministic: it
 * is the only way in which a simulation touches the machine it runs on.
 */
export function macrotask(): () => Promise<void> {
  if (typeof setImmediate === "function") return () => new Promise((turn) => setImmediate(turn));
  return () =>
    new Promise((turn) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        turn();
      };
      port2.postMessage(undefined);
    });
}
