import * as older from "libsignal-0.23.1";
import type { Candidate } from "./candidate.ts";
import { LibsignalDevice } from "./libsignalDevice.ts";
import { type Libsignal, libsignalStores, type SavedIdentity } from "./libsignalStores.ts";

/** The newest version whose messages every OMEMO client reads. */
export function libsignal023(): Candidate {
  // Declared without Kyber and identity changes; what both versions share is called alike.
  const library = older as unknown as Libsignal;
  const unchanged = false as unknown as SavedIdentity;
  const version = { library, stores: libsignalStores(library, unchanged) };
  return { name: "libsignal 0.23.1", createDevice: () => LibsignalDevice.create(version) };
}
