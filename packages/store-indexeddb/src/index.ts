export * from "./deleteIndexedDbStore.js";
export * from "./indexedDbStore.js";
export type { DatabaseOptions, IndexedDbStoreOptions } from "./indexedDbStoreOptions.js";
