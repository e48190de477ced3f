import { dirname } from "node:path";
import type { OmemoError } from "@omemo/core";
import { reasonOf, regardless, storeFailure, systemCode } from "../storeFailure.js";
import type { FileSystem, SystemFile } from "../system/fileSystem.js";
import { type NewLog, newLogPath, writeNewLog } from "./newLog.js";
import type { RecordIndex } from "./recordIndex.js";
import { writeFully } from "./writeFully.js";

/** `kept`: the old log is in use as before, and nothing was lost. */
export type RewriteResult =
  | { readonly kind: "rewritten"; readonly sequence: number }
  | { readonly kind: "kept"; readonly cause: unknown };

/** What a system answers that refused to rename: to ours it did nothing. */
const REFUSED: readonly (string | undefined)[] = ["EACCES", "EBUSY", "EPERM"];

/** The log on disk. Knows how much of it is durable, and whether it may still be written. */
export class LogFile {
  readonly #files: FileSystem;
  readonly #path: string;
  #file: SystemFile;
  #length: number;
  #failure: OmemoError | undefined;

  constructor(files: FileSystem, path: string, file: SystemFile, length: number) {
    this.#files = files;
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /** Bytes, all of them durable. */
  get length(): number {
    return this.#length;
  }

  /** @throws OmemoError `store-failure` when what is on the medium became doubtful. */
  assertSound(): void {
    if (this.#failure !== undefined) throw storeFailure(this.#failure.message, this.#failure.cause);
  }

  /**
   * One write and one sync. When the write fails, the file is cut back and may be used again. When
   * the sync fails, nobody can say what the medium holds, since systems forget what they could not
   * write: from then on everything is refused, and the next open reads what is there.
   */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await writeFully(this.#file, bytes, this.#length);
    } catch (cause) {
      await this.#cutBack(cause);
      throw storeFailure(
        `nothing was stored, since the system took no more bytes (${reasonOf(cause)}); make room and try again`,
        cause,
      );
    }
    try {
      await this.#file.sync();
    } catch (cause) {
      // So that the next open does not find a batch which was reported as failed.
      await regardless(this.#file.truncate(this.#length));
      throw this.#fail(cause);
    }
    this.#length += bytes.length;
  }

  /** Replaces the log by one of nothing but the live records; old or new, whatever crashes. */
  async rewrite(index: RecordIndex, sequence: number): Promise<RewriteResult> {
    const path = newLogPath(this.#path);
    let next: NewLog;
    try {
      next = await writeNewLog(this.#files, path, index, sequence);
    } catch (cause) {
      return await this.#keep(path, cause);
    }
    const refusal = await this.#replaceBy(path);
    if (refusal !== undefined) return await this.#keep(path, refusal);
    this.#length = next.length;
    return { kind: "rewritten", sequence: next.sequence };
  }

  async close(): Promise<void> {
    const closed = this.#file.close();
    // What failed was reported already, and the file may be closed in consequence.
    await (this.#failure === undefined ? closed : regardless(closed));
  }

  /** Answers why the system refused, if it did. */
  async #replaceBy(path: string): Promise<unknown> {
    try {
      // Windows renames over no open file.
      await this.#file.close();
      const refusal = await this.#files.rename(path, this.#path).catch(refusalOf);
      await this.#files.syncFolder(dirname(this.#path));
      this.#file = await this.#files.open(this.#path);
      return refusal;
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  /** Another rewrite will replace what cannot be removed now. */
  async #keep(path: string, cause: unknown): Promise<RewriteResult> {
    await regardless(this.#files.removeFile(path));
    return { kind: "kept", cause };
  }

  async #cutBack(cause: unknown): Promise<void> {
    try {
      await this.#file.truncate(this.#length);
      await this.#file.sync();
    } catch {
      throw this.#fail(cause);
    }
  }

  #fail(cause: unknown): OmemoError {
    this.#failure = storeFailure(
      `writing the store failed (${reasonOf(cause)}), so it is refused from here on; check the disk and open it again`,
      cause,
    );
    return this.#failure;
  }
}

function refusalOf(error: unknown): unknown {
  if (REFUSED.includes(systemCode(error))) return error;
  throw error;
}
