import type { Pseudonyms } from "./pseudonyms.js";

/** What a line of a trace may hold. */
export type Shown =
  | string
  | number
  | boolean
  | readonly Shown[]
  | { readonly [field: string]: Shown };

/** What rules look things up in. */
export interface Redaction {
  readonly pseudonym: Pseudonyms;
  /** Moments are written as ms before this one; ms since 1970. */
  readonly now: number;
}

/**
 * What of a value may be seen. A rule knows what it lets through; of anything else it shows the type
 * alone, so that what is added to the library later stays out until somebody allows it.
 */
export type Rule = (value: unknown, redaction: Redaction) => Shown;

/** Longest list that is written out; of the rest only the number. */
const MAX_ITEMS = 50;

/** The type of a value that has no business here. */
export function typeName(value: unknown): string {
  return `(${value === null ? "null" : typeof value})`;
}

/** A number that counts or measures; never an id that somebody could recognise. */
export const count: Rule = (value) => {
  if (typeof value !== "number") return typeName(value);
  return Number.isFinite(value) ? value : "unlimited";
};

export const flag: Rule = (value) => (typeof value === "boolean" ? value : typeName(value));

/** One of these words, and no other text. */
export function oneOf(...words: readonly string[]): Rule {
  return (value) => words.find((word) => word === value) ?? typeName(value);
}

/** A name that becomes a pseudonym. */
export function named(kind: Parameters<Pseudonyms>[0]): Rule {
  return (value, { pseudonym }) =>
    typeof value === "string" ? pseudonym(kind, value) : typeName(value);
}

/** An account and a device id: ids can be looked up in public lists, so they are names as well. */
export const device: Rule = (value, { pseudonym }) => {
  if (!isObject(value)) return typeName(value);
  const { jid, deviceId } = value;
  return typeof jid === "string" && typeof deviceId === "number"
    ? pseudonym("device", `${jid}/${deviceId}`)
    : typeName(value);
};

/** A moment in ms since 1970, as its age in ms. */
export const age: Rule = (value, { now }) =>
  typeof value === "number" && Number.isFinite(value) ? now - value : typeName(value);

/** A moment in ms since 1970, as date and time. */
export const date: Rule = (value) =>
  typeof value === "number" && Number.isFinite(value)
    ? new Date(value).toISOString()
    : typeName(value);

/** A version of published software: digits and dots, and how far from done it is. */
export const release: Rule = (value) => {
  const isRelease =
    typeof value === "string" &&
    /^\d{1,5}(\.\d{1,5}){0,3}(-(alpha|beta|rc|next)(\.\d{1,5})?)?$/.test(value);
  return isRelease ? value : typeName(value);
};

export function listOf(rule: Rule): Rule {
  return (value, redaction) => {
    if (!Array.isArray(value)) return typeName(value);
    const shown = value.slice(0, MAX_ITEMS).map((item) => rule(item, redaction));
    const more = value.length - shown.length;
    return more > 0 ? [...shown, `and ${more} more`] : shown;
  };
}

/** These fields, and no others; those that are absent stay so. */
export function fields(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, redaction) => {
    if (!isObject(value)) return typeName(value);
    const shown = Object.entries(rules).flatMap(([name, rule]) => {
      const field = value[name];
      return field === undefined ? [] : [[name, rule(field, redaction)] as const];
    });
    return Object.fromEntries(shown);
  };
}

/** Values of one kind by name; a name that is not one of these is left out. */
export function byName(names: readonly string[], rule: Rule): Rule {
  return fields(Object.fromEntries(names.map((name) => [name, rule])));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
