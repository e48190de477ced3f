import type { OmemoStore, OmemoTrustCallback } from "@omemo/core";
import { decisionsIn } from "./decisions.js";

/**
 * Trusts nobody until a person decided: every new key, a device's changed key included, is
 * `undecided` and stops messages to it [O2-105, O2-109]. Decisions are kept in `store`, which may be
 * the manager's own.
 *
 * Both methods reject with `store-failure` when the store cannot be read or written, `setTrust` with
 * `invalid-input` for what is no trust state.
 */
export function manualTrust(store: OmemoStore): OmemoTrustCallback {
  const decisions = decisionsIn(store);
  return {
    getTrust: async (identities) =>
      (await decisions.read(identities)).map((state) => state ?? "undecided"),
    setTrust: (identity, state) => decisions.write(identity, state),
  };
}
