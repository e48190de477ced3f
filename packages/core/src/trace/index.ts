export type { StoreKind } from "./lineRules.js";
export { startTrace, type Trace, type TraceOptions } from "./startTrace.js";
