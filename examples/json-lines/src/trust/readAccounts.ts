import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { type BareJid, parseBareJid } from "@omemo/core";
import { UsageError } from "../usageError.js";

/** Keys by account: 64 hex digits each. */
type Pins = Readonly<Record<string, readonly string[]>>;

/**
 * The accounts and domains that an option names: separated by commas, or one on each line of a file,
 * whose path is absolute or starts with a dot.
 * @throws UsageError when the file cannot be read, or names nobody or what is no address.
 */
export function readAccounts(whom: string): readonly BareJid[] {
  const isFile = isAbsolute(whom) || whom.startsWith(".");
  const names = (isFile ? read(whom).split("\n") : whom.split(",")).map((each) => each.trim());
  const accounts = names.filter((each) => each !== "").map(address);
  if (accounts.length === 0) throw new UsageError(`--trust ${whom} names nobody`);
  return accounts;
}

function address(text: string): BareJid {
  const jid = parseBareJid(text);
  if (jid === undefined) throw new UsageError(`--trust names ${text}, which is no address`);
  return jid;
}

/**
 * The keys in a JSON file, such as `{"romeo@example.net":["0f0f…"]}`. Whether they are keys, the
 * policy checks.
 * @throws UsageError when the file cannot be read, or is of another form.
 */
export function readPins(file: string): Pins {
  const text = read(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--trust ${file} is not JSON: ${error}`);
  }
  if (isPins(value)) return value;
  throw new UsageError(`--trust ${file} is no object of lists of keys by account`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--trust cannot be read: ${error}`);
  }
}

function isPins(value: unknown): value is Pins {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((keys) => {
    return Array.isArray(keys) && keys.every((key) => typeof key === "string");
  });
}
