export { cachingStore } from "./cachingStore.js";
export type { CachingStoreOptions } from "./cachingStoreOptions.js";
