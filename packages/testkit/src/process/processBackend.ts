import type { OmemoBackend, OmemoTrustCallback } from "@omemo/core";
import type { Life } from "./life.js";

/** A backend that dies with the process, and whose real computing time nobody sees. */
export function processBackend(life: Life, backend: OmemoBackend): OmemoBackend {
  const call = <Value>(operation: string, work: () => Promise<Value>): Promise<Value> =>
    life.call("backend", operation, work, { isHeld: true, latency: 0 });

  return {
    id: backend.id,
    versions: backend.versions,
    generateIdentity: () => call("generateIdentity", () => backend.generateIdentity()),
    generateKeyPairs: (count) => call("generateKeyPairs", () => backend.generateKeyPairs(count)),
    encodeIdentityKey: (version, identity) => backend.encodeIdentityKey(version, identity),
    decodeIdentityKey: (version, bytes) => backend.decodeIdentityKey(version, bytes),
    signPreKey: (version, identity, preKey) =>
      call("signPreKey", () => backend.signPreKey(version, identity, preKey)),
    signLabel: (identity, label) => call("signLabel", () => backend.signLabel(identity, label)),
    verifyLabel: (identityKey, label, signature) =>
      call("verifyLabel", () => backend.verifyLabel(identityKey, label, signature)),
    initiate: (input) => call("initiate", () => backend.initiate(input)),
    accept: (input) => call("accept", () => backend.accept(input)),
    encryptFor: (sessions, plaintext) =>
      call("encryptFor", () => backend.encryptFor(sessions, plaintext)),
    decrypt: (session, message) => call("decrypt", () => backend.decrypt(session, message)),
    ...(backend.countersOf && { countersOf: backend.countersOf }),
  };
}

/** Decisions of a policy that dies with the process; it may stand on the process's own store. */
export function processTrust(life: Life, trust: OmemoTrustCallback): OmemoTrustCallback {
  const call = <Value>(operation: string, work: () => Promise<Value>): Promise<Value> =>
    life.call("trust", operation, work, { isHeld: false, latency: 0 });

  return {
    getTrust: (identities) => call("getTrust", () => trust.getTrust(identities)),
    setTrust: (identity, state) => call("setTrust", () => trust.setTrust(identity, state)),
  };
}
