import { nobleBackend } from "@omemo/backend-noble";
import type { OmemoBackend } from "@omemo/core";
import { importFactory } from "./importFactory.js";

/** What a module given as `--backend` exports as default. */
export type BackendFactory = () => OmemoBackend | Promise<OmemoBackend>;

/**
 * The backend of this name: `noble`, or what a module makes.
 * @throws UsageError when there is no such module, or it exports no factory.
 */
export async function loadBackend(name: string): Promise<OmemoBackend> {
  if (name === "noble") return nobleBackend();
  const make = (await importFactory("--backend", name)) as BackendFactory;
  return await make();
}
