import type { Transport } from "@omemo/core";

/** Resolves when there is a stream, new or resumed. */
export function whenOnline(transport: Transport): Promise<void> {
  if (transport.isOnline) return Promise.resolve();
  return new Promise((resolve) => {
    const unlisten = transport.listen({ nodes: [], features: [] }, ({ kind }) => {
      if (kind !== "online" && kind !== "resumed") return;
      unlisten();
      resolve();
    });
  });
}
