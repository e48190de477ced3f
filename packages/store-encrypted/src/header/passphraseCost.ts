import { OmemoError } from "@omemo/core";

/**
 * What a guess of the passphrase costs: the parameters of Argon2id (RFC 9106). The default is the
 * second recommended option of RFC 9106 section 4.
 */
export interface PassphraseCost {
  /** KiB, 19 456 to 262 144; default 65 536. */
  readonly memory: number;
  /** Passes over the memory, 2 to 10; default 3. */
  readonly passes: number;
  /** 1 to 4; default 4. More lanes do not make it faster here. */
  readonly lanes: number;
}

/** Below these, guessing is too cheap (the floor is OWASP's); above, a forged header is a weapon. */
const RANGES: Readonly<Record<keyof PassphraseCost, readonly [least: number, most: number]>> = {
  memory: [19_456, 262_144],
  passes: [2, 10],
  lanes: [1, 4],
};

/** Whether a store may ask for that much work. */
export function isAllowedCost(cost: PassphraseCost): boolean {
  return (["memory", "passes", "lanes"] as const).every((part) => {
    const [least, most] = RANGES[part];
    return Number.isInteger(cost[part]) && cost[part] >= least && cost[part] <= most;
  });
}

/** @throws {@link OmemoError} `invalid-input` for a cost out of range. */
export function checkCost(given: Partial<PassphraseCost>): PassphraseCost {
  const { memory = 65_536, passes = 3, lanes = 4 } = given;
  const cost = { memory, passes, lanes };
  if (isAllowedCost(cost)) return cost;
  const ranges = Object.entries(RANGES).map(([part, [least, most]]) => `${part} ${least}–${most}`);
  throw new OmemoError("invalid-input", `cost out of range: ${ranges.join(", ")}`);
}
