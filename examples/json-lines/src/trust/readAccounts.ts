import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { isOmemoError, parseBareJid } from "@omemo/core";
import { UsageError } from "../usageError.js";

/** Keys by account: 64 hex digits each. */
export type Pins = Readonly<Record<string, readonly string[]>>;

/**
 * The accounts and domains that an option names: separated by commas, or one on each line of a file,
 * whose path is absolute or starts with a dot.
 * @throws UsageError when the file cannot be read, or names what is no address.
 */
export function readAccounts(whom: string): readonly string[] {
  const isFile = isAbsolute(whom) || whom.startsWith(".");
  const names = (isFile ? read(whom).split("\n") : whom.split(",")).map((each) => each.trim());
  const accounts = names.filter((each) => each !== "");
  const wrong = accounts.find((each) => parseBareJid(each) === undefined);
  if (wrong !== undefined) throw new UsageError(`--trust names ${wrong}, which is no address`);
  return accounts;
}

/**
 * The keys in a JSON file, such as `{"romeo@example.net":["0f0f…"]}`. What they are is checked by
 * the policy, see {@link asUsage}.
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

/** What `make` makes; what the library refuses in it, the command line got wrong. */
export function asUsage<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (isOmemoError(error)) throw new UsageError(`--trust: ${error.message}`);
    throw error;
  }
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
