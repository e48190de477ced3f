export type {
  Archive,
  ArchivePage,
  ArchiveQuery,
  ArchiveRange,
  ArchiveRetention,
} from "./archive.js";
export { type ArchiveOptions, createArchive, saysSomething } from "./createArchive.js";
export type { ArchiveEntry, ArchiveItem } from "./entry/archiveEntry.js";
export { ARCHIVE_COLLECTIONS } from "./records/recordKeys.js";
