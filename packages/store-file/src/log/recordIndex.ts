import type { RecordVersion, StoredRecord } from "@omemo/core";
import { type Operation, operationLength, type PutOperation } from "./operation.js";

/** Every live record, in memory: what the log amounts to. */
export class RecordIndex {
  readonly #puts = new Map<string, PutOperation>();
  #liveBytes = 0;

  /** Bytes that a log of nothing but the live records would need for them. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get size(): number {
    return this.#puts.size;
  }

  /** In no order; goes on while the index changes. */
  puts(): IterableIterator<PutOperation> {
    return this.#puts.values();
  }

  version(name: string): RecordVersion | undefined {
    const put = this.#puts.get(name);
    return put && versionText(put.version);
  }

  /** A copy: nobody outside can change what is stored. */
  record(name: string): StoredRecord | undefined {
    const put = this.#puts.get(name);
    if (put === undefined) return undefined;
    const value = new Uint8Array(put.value);
    return { key: [...put.key], value, version: versionText(put.version) };
  }

  apply(operations: readonly Operation[]): void {
    for (const operation of operations) {
      const old = this.#puts.get(operation.name);
      if (old !== undefined) this.#liveBytes -= operationLength(old);
      if (operation.kind === "delete") {
        this.#puts.delete(operation.name);
      } else {
        this.#puts.set(operation.name, operation);
        this.#liveBytes += operationLength(operation);
      }
    }
  }
}

/** How a sequence number appears outside. */
export function versionText(sequence: number): RecordVersion {
  return String(sequence) as RecordVersion;
}
