/** `before`: the operation never happens. `after`: it takes effect, and the answer is lost. */
export type FaultMoment = "before" | "after";
