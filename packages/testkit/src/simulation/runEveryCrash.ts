import { SimulationError } from "../clock/simulationError.js";
import type { FaultMoment } from "../faultMoment.js";
import type { CrashPlan, CrashPoint } from "../process/crashPlan.js";

/** Which crashes are tried. */
export interface EveryCrash {
  /** Which points are tried. Default: all. */
  readonly only?: (point: CrashPoint) => boolean;
  /** After so many failures the rest is not run. Default: 5. */
  readonly maxFailures?: number;
}

const MOMENTS: readonly FaultMoment[] = ["before", "after"];

/**
 * Runs one scenario without crash to number its crash points, and then once for each point and
 * moment, with a crash there in the first life of the device. The scenario gives the plan that it
 * gets to its devices, and checks at the end that nothing is lost.
 *
 * @returns how many runs there were.
 * @throws SimulationError that names the points at which a crash did harm.
 */
export async function runEveryCrash(
  { only = () => true, maxFailures = 5 }: EveryCrash,
  scenario: (plan: CrashPlan) => Promise<void>,
): Promise<number> {
  const points: CrashPoint[] = [];
  await scenario((point) => {
    if (point.life === 0 && only(point)) points.push(point);
    return undefined;
  });
  const crashes = points.flatMap((point) => MOMENTS.map((moment) => ({ point, moment })));
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const { point, moment } of crashes) {
    const { device, index, port, operation } = point;
    const name = `${device} dies ${moment} point ${index} (${port} ${operation})`;
    await scenario(dieAt(point, moment)).catch((error: unknown) => failures.push({ name, error }));
    if (failures.length >= maxFailures) break;
  }
  if (failures.length === 0) return crashes.length + 1;
  const told = failures.map(({ name, error }) => `${name}: ${String(error)}`);
  throw new SimulationError(told.join("\n"), { cause: failures[0]?.error });
}

function dieAt({ device, index }: CrashPoint, moment: FaultMoment): CrashPlan {
  return (point) =>
    point.device === device && point.life === 0 && point.index === index ? moment : undefined;
}
