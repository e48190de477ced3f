import type { BundleSize } from "../measuring/bundle.ts";
import type { Comparison } from "../measuring/compare.ts";
import type { Machine } from "../measuring/machine.ts";
import type { Memory } from "../measuring/memory.ts";

/** Everything that one run found out; `--json` writes it as it is. */
export interface Report {
  /** ISO 8601, the day alone. */
  readonly date: string;
  readonly machine: Machine;
  /** Every scale was tiny: it ran, and its figures mean nothing. */
  readonly quick: boolean;
  readonly comparisons: readonly Comparison[];
  readonly memory: readonly Memory[];
  readonly bundles: readonly BundleSize[];
}
