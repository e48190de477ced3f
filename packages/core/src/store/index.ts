export * from "./batchNames.js";
export * from "./memoryStore.js";
export * from "./recordName.js";
export * from "./retryOnConflict.js";
