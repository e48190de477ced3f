export { fileStore } from "./fileStore.js";
export type { FileStoreOptions } from "./fileStoreOptions.js";
export type { ForeignLock } from "./lock/acquireLock.js";
export * from "./verifyFile.js";
