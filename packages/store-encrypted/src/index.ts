export { type EncryptedStore, encryptedStore } from "./encryptedStore.js";
export type {
  EncryptedStoreOptions,
  KeyLock,
  PassphraseLock,
} from "./encryptedStoreOptions.js";
export type { PassphraseCost } from "./header/passphraseCost.js";
