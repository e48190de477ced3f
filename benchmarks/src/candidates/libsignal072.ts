import * as library from "libsignal-0.72.1";
import type { Candidate } from "./candidate.ts";
import { LibsignalDevice } from "./libsignalDevice.ts";
import { libsignalStores } from "./libsignalStores.ts";

/** The newest version that speaks to OMEMO clients at all. */
export function libsignal072(): Candidate {
  const unchanged = library.IdentityChange.NewOrUnchanged;
  const version = { library, stores: libsignalStores(library, unchanged) };
  return { name: "libsignal 0.72.1", createDevice: () => LibsignalDevice.create(version) };
}
