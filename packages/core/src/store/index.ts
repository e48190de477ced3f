export * from "./assertBatch.js";
export * from "./memoryStore.js";
export * from "./recordName.js";
