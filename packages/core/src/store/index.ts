export * from "./batchNames.js";
export * from "./memoryStore.js";
export * from "./recordName.js";
