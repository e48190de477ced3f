import { OmemoError } from "../../domain/error.js";
import { DEFAULT_LIMITS } from "../../session/limits.js";
import type { ResolvedSettings } from "./resolveOptions.js";

type Check = (value: unknown) => boolean;

const isOneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const isBoolean = isOneOf(true, false);
const isFunction: Check = (value) => typeof value === "function";
const isPolicy: Check = (value) => value === "stop" || value === "skip" || isFunction(value);

const CHECKS: { readonly [Name in keyof Omit<ResolvedSettings, "rooms" | "limits">]: Check } = {
  undecided: isPolicy,
  layout: isOneOf("separate", "combined"),
  fallbackBody: (value) => value === false || typeof value === "string",
  mayAnswer: isFunction,
  catchUp: isBoolean,
  acceptOutdatedSenders: isBoolean,
  repairLegacySessions: isBoolean,
};

const ROOM_CHECKS: { readonly [Name in keyof ResolvedSettings["rooms"]]: Check } = {
  requireMembersOnly: isBoolean,
  unreachable: isOneOf("skip", "stop"),
  undecided: isPolicy,
};

/** A caller without types must hear of a slip now, and not find a door open later. */
export function checkSettings(settings: ResolvedSettings): void {
  check(settings, CHECKS, "");
  check(settings.rooms, ROOM_CHECKS, "rooms.");
  for (const [name, value] of Object.entries(settings.limits)) {
    const isKnown = name in DEFAULT_LIMITS;
    if (!isKnown || typeof value !== "number" || !(value >= 0)) throw impossible(`limits.${name}`);
  }
}

function check<Checked extends object>(
  values: Checked,
  checks: Readonly<Partial<Record<keyof Checked & string, Check>>>,
  prefix: string,
): void {
  for (const [name, isPossible] of Object.entries<Check | undefined>(checks)) {
    const value: unknown = Reflect.get(values, name);
    if (isPossible?.(value) === false) throw impossible(prefix + name);
  }
}

function impossible(name: string): OmemoError {
  return new OmemoError("invalid-input", `option \`${name}\` cannot have this value`);
}
