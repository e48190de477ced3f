import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nobleBackend } from "@omemo/backend-noble";
import type { OmemoBackend } from "@omemo/core";
import { UsageError } from "./options.js";

/** What a module given as `--backend` exports as default. */
export type BackendFactory = () => OmemoBackend | Promise<OmemoBackend>;

/**
 * The backend of this name: `noble`, a path (absolute, or starting with a dot), or the name of a
 * package that is installed where this program finds it.
 * @throws UsageError when there is no such module, or it exports no factory.
 */
export async function loadBackend(name: string): Promise<OmemoBackend> {
  if (name === "noble") return nobleBackend();
  const isPath = isAbsolute(name) || name.startsWith(".");
  const module: unknown = await import(isPath ? pathToFileURL(resolve(name)).href : name).catch(
    (cause: unknown) => {
      throw new UsageError(`--backend ${name} cannot be imported: ${cause}`);
    },
  );
  if (!hasFactory(module)) {
    throw new UsageError(`--backend ${name} has no function as its default export`);
  }
  return module.default();
}

function hasFactory(module: unknown): module is { readonly default: BackendFactory } {
  return (
    typeof module === "object" &&
    module !== null &&
    "default" in module &&
    typeof module.default === "function"
  );
}
