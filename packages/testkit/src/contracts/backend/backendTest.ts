import type { OmemoBackend, OmemoVersion } from "@omemo/core";

/** Declares one test of the contract, run for every version that the backend speaks. */
export type BackendTest = (
  name: string,
  body: (backend: OmemoBackend, version: OmemoVersion) => Promise<void>,
) => void;
