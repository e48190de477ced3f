export { deleteAccount, listAccounts } from "./accounts.js";
export { migrate, sqlStore } from "./sqlStore.js";
export type { SqlStoreOptions } from "./sqlStoreOptions.js";
