import { memoryStore, type OmemoStore, type OmemoTrustCallback } from "@omemo/core";
import { trustContract } from "@omemo/testkit";
import {
  blindTrust,
  blindTrustBeforeVerification,
  comparedOnlyTrust,
  manualTrust,
  trustOnFirstUse,
} from "@omemo/trust";
import { automaticTrust } from "@omemo/trust/atm";
import { describe, it } from "vitest";

function underContract(name: string, policy: (store: OmemoStore) => OmemoTrustCallback): void {
  describe(name, () => {
    trustContract({ describe, it }, async () => {
      const store = memoryStore();
      return { trust: policy(store), reopen: async () => policy(store.reopen()) };
    });
  });
}

underContract("manualTrust", manualTrust);
underContract("blindTrust", blindTrust);
underContract("blindTrustBeforeVerification", blindTrustBeforeVerification);
underContract("trustOnFirstUse", trustOnFirstUse);
underContract("comparedOnlyTrust", (store) => comparedOnlyTrust(store, () => true));
underContract("automaticTrust", automaticTrust);
