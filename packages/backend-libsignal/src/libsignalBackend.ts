import { type OmemoBackend, OmemoError } from "@omemo/core";
import { createBackend } from "./createBackend.js";
import { installedVersion, requirePinned } from "./library/installedVersion.js";

/** What the caller agrees to, and what may be chosen. */
export interface LibsignalBackendOptions {
  /**
   * Written out by the caller, who thereby says that the program as a whole is offered under the
   * GNU Affero General Public License, version 3, or that its owner has another permission.
   */
  readonly license: "AGPL-3.0-only";
  /** Takes key exchanges without one-time prekey; default `true` [W-25]. */
  readonly acceptWithoutPreKey?: boolean;
}

/**
 * The legacy version of OMEMO on `@signalapp/libsignal-client` 0.23.1, for Node alone.
 *
 * @throws OmemoError `invalid-input` without the licence written out, and when the library that is
 * installed is another version: from 0.24.0 on some clients cannot read its messages [W-52].
 */
export function libsignalBackend(options: LibsignalBackendOptions): OmemoBackend {
  const given: { readonly license?: string } | undefined = options;
  if (given?.license !== "AGPL-3.0-only") {
    throw new OmemoError(
      "invalid-input",
      'this backend is under the AGPL: accept it with { license: "AGPL-3.0-only" }, or use ' +
        "@omemo/backend-noble, which is under the Apache License",
    );
  }
  requirePinned(installedVersion(import.meta.url));
  return createBackend(options);
}
