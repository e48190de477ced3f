/** A file open for writing. Every method is one call to the system. */
export interface SystemFile {
  /** Writes at `position`; answers how many bytes went in, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  /** Resolves once content and size are on the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the store asks of a file system: the seam where tests put faults. */
export interface FileSystem {
  realPath(path: string): Promise<string>;
  read(path: string): Promise<Uint8Array>;
  /** An existing file. */
  open(path: string): Promise<SystemFile>;
  /** A file that did not exist, for its owner's eyes only. */
  create(path: string): Promise<SystemFile>;
  /** Replaces a file at `to`; a folder at `to` only when it is empty. */
  rename(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Only when it is empty. */
  removeFolder(path: string): Promise<void>;
  namesIn(folder: string): Promise<readonly string[]>;
  /** Resolves once the names in this folder are on the medium. */
  syncFolder(folder: string): Promise<void>;
}
