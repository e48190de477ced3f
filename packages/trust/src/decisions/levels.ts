import { OmemoError } from "@omemo/core";
import type { BuiltInLevel, LevelMeaning, TrustLevels } from "./decision.js";

const BUILT_IN: Readonly<Record<BuiltInLevel, LevelMeaning>> = {
  undecided: { state: "undecided" },
  untrusted: { state: "untrusted" },
  trusted: { state: "trusted" },
  authenticated: { state: "trusted", isAuthenticated: true },
};

/** The given levels beside the built-in ones, which cannot be given another meaning. */
export function allLevels(own: TrustLevels = {}): TrustLevels {
  const redefined = Object.keys(own).find((name) => Object.hasOwn(BUILT_IN, name));
  if (redefined === undefined) return { ...own, ...BUILT_IN };
  throw new OmemoError("invalid-input", `the level "${redefined}" has a meaning already`);
}

/** @throws OmemoError `invalid-input` for a level that there is not. */
export function meaningOf(levels: TrustLevels, level: string): LevelMeaning {
  const meaning = Object.hasOwn(levels, level) ? levels[level] : undefined;
  if (meaning !== undefined) return meaning;
  throw new OmemoError("invalid-input", "there is no such level of trust");
}
