import {
  isOmemoError,
  OmemoError,
  type OmemoIdentity,
  type OmemoStore,
  type TrustState,
} from "@omemo/core";
import { decisionKey, decodeDecision, encodeDecision } from "./decision.js";

/** What the user decided about keys, kept in a store; all policies read and write the same. */
export interface Decisions {
  /** In the order asked; `undefined` where nothing was decided. One read of the store. */
  read(identities: readonly OmemoIdentity[]): Promise<readonly (TrustState | undefined)[]>;
  write(identity: OmemoIdentity, state: TrustState): Promise<void>;
}

/** Each is lost to another writer of the same record. */
const ATTEMPTS = 10;

export function decisionsIn(store: OmemoStore): Decisions {
  async function read(
    identities: readonly OmemoIdentity[],
  ): Promise<readonly (TrustState | undefined)[]> {
    if (identities.length === 0) return [];
    return (await store.get(identities.map(decisionKey))).map(decodeDecision);
  }

  /** Answers whether nobody else wrote in between. */
  async function tryWrite(identity: OmemoIdentity, state: TrustState): Promise<boolean> {
    const key = decisionKey(identity);
    const value = encodeDecision(state);
    const [record] = await store.get([key]);
    if (decodeDecision(record) === state) return true;
    const check = [{ key, version: record?.version }];
    try {
      await store.commit({ check, put: [{ key, value }], delete: [] });
      return true;
    } catch (error) {
      if (isOmemoError(error) && error.code === "store-conflict") return false;
      throw error;
    }
  }

  async function write(identity: OmemoIdentity, state: TrustState): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await tryWrite(identity, state)) return;
    }
    throw new OmemoError("store-conflict", "others keep changing this trust decision; try again", {
      identities: [identity],
    });
  }

  return { read, write };
}
