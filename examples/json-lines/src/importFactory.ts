import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "./usageError.js";

/**
 * The default export of a module that an option names: by a path (absolute, or starting with a dot),
 * or as a package that is installed where this program finds it.
 * @throws UsageError when there is no such module, or it exports no function.
 */
export async function importFactory(option: string, name: string): Promise<unknown> {
  const isPath = isAbsolute(name) || name.startsWith(".");
  const module: unknown = await import(isPath ? pathToFileURL(resolve(name)).href : name).catch(
    (cause: unknown) => {
      throw new UsageError(`${option} ${name} cannot be imported: ${cause}`);
    },
  );
  const factory = typeof module === "object" && module !== null && "default" in module;
  if (factory && typeof module.default === "function") return module.default;
  throw new UsageError(`${option} ${name} has no function as its default export`);
}
