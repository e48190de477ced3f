import { type BareJid, bareJid, fingerprint, type OmemoFingerprint } from "@omemo/core";
import type { KeyFacts, TrustRule } from "./rule.js";

/** What a person or a trusted device decided, which goes before any default [O2-105]. */
export const asDecided: TrustRule = ({ decided }) => decided;

/** Every other key is trusted. */
export const blindly: TrustRule = () => ({ state: "trusted", reason: "blind" });

/**
 * Trusts keys until one of the account was compared; from then on compared ones alone, so that also
 * what was trusted blindly is undecided again [ATM-11].
 */
export const untilCompared: TrustRule = ({ isAccountAuthenticated }) =>
  isAccountAuthenticated
    ? { state: "undecided", reason: "account-has-compared-keys" }
    : { state: "trusted", reason: "blind" };

/**
 * Trusts the first key of a device, and no other [O2-109]. `newDevices`: whether those that appear
 * when others of the account are known already are trusted as well.
 */
export function onFirstUse(newDevices: "trust" | "ask"): TrustRule {
  return ({ identity, firstKey, isAccountKnown }) => {
    if (firstKey === identity.fingerprint) return { state: "trusted", reason: "first-key" };
    if (firstKey !== undefined) return { state: "undecided", reason: "changed-key" };
    if (isAccountKnown && newDevices === "ask") return { state: "undecided", reason: "new-device" };
    return { state: "trusted", reason: "first-key" };
  };
}

/** Trusts these accounts, and all of these domains; nobody else, whatever was decided. */
export function onlyListed(allowed: readonly string[]): TrustRule {
  const names: ReadonlySet<string> = new Set(allowed.map(bareJid));
  return ({ identity: { jid } }) =>
    names.has(jid) || names.has(domainOf(jid))
      ? { state: "trusted", reason: "listed" }
      : { state: "untrusted", reason: "not-listed" };
}

/** Trusts these keys of these accounts and no others of them; says nothing about other accounts. */
export function pinned(keys: Readonly<Record<string, readonly string[]>>): TrustRule {
  const pins: ReadonlyMap<BareJid, ReadonlySet<OmemoFingerprint>> = new Map(
    Object.entries(keys).map(([jid, list]) => [bareJid(jid), new Set(list.map(fingerprint))]),
  );
  return ({ identity }) => {
    const allowed = pins.get(identity.jid);
    if (allowed === undefined) return undefined;
    return allowed.has(identity.fingerprint)
      ? { state: "trusted", reason: "pinned" }
      : { state: "untrusted", reason: "not-pinned" };
  };
}

/** Where `applies`, a key that was not compared is undecided, unless it is distrusted. */
export function comparedOnly(applies: (key: KeyFacts) => boolean): TrustRule {
  return (key) => {
    if (!applies(key) || key.isAuthenticated || key.decided?.state === "untrusted")
      return undefined;
    return { state: "undecided", reason: "not-compared" };
  };
}

function domainOf(jid: BareJid): string {
  return jid.slice(jid.indexOf("@") + 1);
}
