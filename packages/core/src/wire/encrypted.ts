export * from "./readEncrypted.js";
export * from "./writeEncrypted.js";
