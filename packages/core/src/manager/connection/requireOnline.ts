import { OmemoError } from "../../domain/error.js";
import type { Transport } from "../../ports/transport.js";

/** @throws OmemoError `offline`: at once, instead of waiting for a connection. */
export function requireOnline({ transport }: { readonly transport: Transport }): void {
  if (transport.isOnline) return;
  throw new OmemoError("offline", "not connected: nothing was done, try again later");
}
