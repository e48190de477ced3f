/** A run that did not end as it should; the message says how to see it again. */
export class SimulationError extends Error {
  override readonly name: string = "SimulationError";
}
