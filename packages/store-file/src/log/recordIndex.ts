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
    const { key, version, memory, start, length } = put;
    const value = memory.slice(start, start + length);
    return { key: [...key], value, version: versionText(version) };
  }

  /**
   * Frees the memory that replaced records left behind: values that were written together share a
   * piece of it. To be called when the log is rewritten, so memory stays in proportion to the log.
   */
  compact(): void {
    for (const portion of portionsOf([...this.#puts.values()])) {
      for (const put of together(portion)) this.#puts.set(put.name, put);
    }
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

/** In one piece, one record that is never replaced would keep all the others. */
const PORTION_SIZE = 64;

function* portionsOf(puts: readonly PutOperation[]): Generator<readonly PutOperation[]> {
  for (let start = 0; start < puts.length; start += PORTION_SIZE) {
    yield puts.slice(start, start + PORTION_SIZE);
  }
}

/** The same puts, with values that share one piece of memory and nothing else in it. */
function together(puts: readonly PutOperation[]): readonly PutOperation[] {
  const shared = new Uint8Array(puts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  return puts.map((put) => {
    const start = offset;
    shared.set(put.memory.subarray(put.start, put.start + put.length), start);
    offset += put.length;
    return { ...put, memory: shared, start };
  });
}

/** How a sequence number appears outside. */
export function versionText(sequence: number): RecordVersion {
  return String(sequence) as RecordVersion;
}
