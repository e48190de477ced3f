import { pathToFileURL } from "node:url";
import { nobleBackend } from "@omemo/backend-noble";
import { LEGACY, OMEMO_2, type OmemoBackend, type OmemoVersion } from "@omemo/core";
import { usable } from "../../src/stores/stores.js";
import type { PersistentStore } from "../../src/stores/testedStore.js";
import type { BundleVersion } from "../harness/bundleReader.js";
import { libsignalModule } from "../harness/labPrograms.js";

/** What computes, remembers and is spoken in one run of all cases. */
export interface Setting {
  readonly name: string;
  readonly version: OmemoVersion;
  readonly bundles: BundleVersion;
  readonly store: PersistentStore;
  makeBackend(): Promise<OmemoBackend>;
}

/** Imported at run time by its path: nothing here depends on it. */
async function licensedBackend(): Promise<OmemoBackend> {
  const module: { default(): OmemoBackend } = await import(pathToFileURL(libsignalModule).href);
  return module.default();
}

const noble = () => Promise.resolve(nobleBackend());

const SPOKEN = [
  { spoken: "OMEMO 2 on noble", version: OMEMO_2, bundles: "omemo2", makeBackend: noble },
  { spoken: "legacy on noble", version: LEGACY, bundles: "legacy", makeBackend: noble },
  {
    spoken: "legacy on libsignal",
    version: LEGACY,
    bundles: "legacy",
    makeBackend: licensedBackend,
  },
] as const;

/** Every backend and version over each of these stores. */
export function settingsOver(stores: readonly PersistentStore[]): readonly Setting[] {
  return usable(stores).flatMap((store) =>
    SPOKEN.map(({ spoken, ...rest }) => ({ ...rest, store, name: `${spoken} over ${store.name}` })),
  );
}
