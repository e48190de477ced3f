export * from "./affixes.js";
export * from "./envelope.js";
export { forbiddenOnSend } from "./forbidden.js";
export * from "./padding.js";
