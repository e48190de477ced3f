/** Set when the package is built. */
declare const OMEMO_CORE_VERSION: string | undefined;

/** What the code runs in. */
export interface Runtime {
  readonly runtime: "node" | "bun" | "deno" | "browser" | "other";
  readonly runtimeVersion: string | undefined;
}

/** Version of this package; `undefined` where it runs from its sources. */
export function coreVersion(): string | undefined {
  return typeof OMEMO_CORE_VERSION === "string" ? OMEMO_CORE_VERSION : undefined;
}

/** A browser's version is part of what tells its user from others, so it stays out. */
export function currentRuntime(): Runtime {
  const { Bun, Deno, process, navigator } = globalThis as Globals;
  if (Bun !== undefined) return { runtime: "bun", runtimeVersion: Bun.version };
  if (Deno !== undefined) return { runtime: "deno", runtimeVersion: Deno.version.deno };
  const node = process?.versions?.node;
  if (node !== undefined) return { runtime: "node", runtimeVersion: node };
  return { runtime: navigator === undefined ? "other" : "browser", runtimeVersion: undefined };
}

/** What different runtimes say of themselves. */
interface Globals {
  readonly Bun?: { readonly version: string };
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly process?: { readonly versions?: { readonly node?: string } };
  readonly navigator?: unknown;
}
