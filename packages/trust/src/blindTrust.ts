import type { OmemoStore, OmemoTrustCallback } from "@omemo/core";
import { decisionsIn } from "./decisions.js";

/**
 * Trusts every key that nobody distrusted [O2-105]: protects against servers that only listen, not
 * against one that adds a device of its own. Decisions are kept in `store`, which may be the
 * manager's own; a key that was distrusted stays so.
 *
 * Both methods reject with `store-failure` when the store cannot be read or written, `setTrust` with
 * `invalid-input` for what is no trust state.
 */
export function blindTrust(store: OmemoStore): OmemoTrustCallback {
  const decisions = decisionsIn(store);
  return {
    getTrust: async (identities) =>
      (await decisions.read(identities)).map((state) =>
        state === "untrusted" ? "untrusted" : "trusted",
      ),
    setTrust: (identity, state) => decisions.write(identity, state),
  };
}
