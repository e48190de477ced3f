import { createHash } from "node:crypto";

/**
 * SHA-256 of the given bytes, 32 bytes long; the format stores the first few. Chosen over CRC32C
 * because every runtime has it and because no damage worth counting gets past it; see FORMAT.md for
 * what it costs.
 */
export function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
