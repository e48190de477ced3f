import { createRequire } from "node:module";
import { OmemoError } from "@omemo/core";

/** The newest version whose messages every client of the legacy version reads [W-50, W-52]. */
const PINNED = "0.23.1";

/** The version of the library that a module there gets; `undefined` when it cannot be told. */
export function installedVersion(module: string | URL): string | undefined {
  try {
    const manifest: { readonly version?: unknown } = createRequire(module)(
      "@signalapp/libsignal-client/package.json",
    );
    return typeof manifest.version === "string" ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}

/** @throws OmemoError `invalid-input` for every version but the one that this code was made for. */
export function requirePinned(version: string | undefined): void {
  if (version === PINNED) return;
  throw new OmemoError(
    "invalid-input",
    `@omemo/backend-libsignal works with @signalapp/libsignal-client ${PINNED} alone, and ` +
      `${version ?? "one of an unknown version"} is installed: remove the override that chose it`,
  );
}
