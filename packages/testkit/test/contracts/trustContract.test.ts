import { OmemoError, type OmemoIdentity, type TrustState } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { trustContract } from "../../src/index.js";
import { failuresOf } from "./runContract.js";

type NameOf = (identity: OmemoIdentity) => string;

const byKey: NameOf = ({ jid, fingerprint }) => `${jid} ${fingerprint}`;

/** A policy as small as can be: by what it names a decision, and what it answers without one. */
async function policy(nameOf: NameOf = byKey, otherwise: TrustState = "undecided") {
  const decisions = new Map<string, TrustState>();
  const trust = {
    getTrust: async (identities: readonly OmemoIdentity[]) =>
      identities.map((each) => decisions.get(nameOf(each)) ?? otherwise),
    setTrust: async (identity: OmemoIdentity, state: TrustState) => {
      if (!["undecided", "untrusted", "trusted"].includes(state)) {
        throw new OmemoError("invalid-input", "no trust state");
      }
      if (state === "undecided") decisions.delete(nameOf(identity));
      else decisions.set(nameOf(identity), state);
    },
  };
  return { trust, reopen: async () => trust };
}

describe("a manual policy", () => {
  trustContract({ describe, it }, () => policy());
});

describe("a blind policy", () => {
  trustContract({ describe, it }, () => policy(byKey, "trusted"));
});

describe("trustContract", () => {
  it("fails a policy that binds trust to a device id", async () => {
    const byDevice: NameOf = ({ jid, deviceId }) => `${jid} ${deviceId}`;
    expect(await failuresOf((run) => trustContract(run, () => policy(byDevice)))).not.toEqual([]);
  });

  it("fails a policy that binds trust to a key alone", async () => {
    const byKeyAlone: NameOf = ({ fingerprint }) => fingerprint;
    expect(await failuresOf((run) => trustContract(run, () => policy(byKeyAlone)))).not.toEqual([]);
  });

  it("fails a policy that binds trust to an account alone", async () => {
    const byAccount: NameOf = ({ jid }) => jid;
    expect(await failuresOf((run) => trustContract(run, () => policy(byAccount)))).not.toEqual([]);
  });

  it("fails a policy that forgets", async () => {
    const forgetful = async () => ({
      ...(await policy()),
      reopen: async () => (await policy()).trust,
    });
    expect(await failuresOf((run) => trustContract(run, forgetful))).toEqual([
      "remembers decisions, also those made at once",
    ]);
  });
});
