export type { NobleBackendOptions, NobleLimits } from "./backend/options.js";
export { nobleBackend } from "./nobleBackend.node.js";
