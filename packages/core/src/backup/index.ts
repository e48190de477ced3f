export type { BackupRefused } from "./container.js";
export { type BackupOptions, type ExportOptions, exportBackup } from "./exportBackup.js";
export type { KeyOptions } from "./passphraseKey.js";
export { type BackupOpened, openBackup, restoreBackup } from "./restoreBackup.js";
