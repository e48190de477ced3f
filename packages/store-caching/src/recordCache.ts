import type { RecordVersion } from "@omemo/core";

/** What is known of a record; `undefined` in its place: there is none. */
export interface Known {
  readonly value: Uint8Array;
  readonly version: RecordVersion;
}

interface Entry {
  readonly known: Known | undefined;
  readonly bytes: number;
}

/** Of an entry beside its value and name: objects, array headers, its place in the map. */
const ENTRY_BYTES = 200;

/** Records by name, within both bounds; what was not used for longest goes first. */
export class RecordCache {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** A map keeps the order of insertion: the first is the one not used for longest. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `undefined` when nothing is known, which is not the same as knowing that there is no record. */
  find(name: string): { readonly known: Known | undefined } | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry;
  }

  /** Keeps `known` itself: nobody may change it afterwards. */
  keep(name: string, known: Known | undefined): void {
    this.drop(name);
    const bytes = ENTRY_BYTES + 2 * name.length + (known?.value.length ?? 0);
    // One that would throw out everything else, and then itself.
    if (bytes > this.#maxBytes) return;
    this.#entries.set(name, { known, bytes });
    this.#bytes += bytes;
    this.#shrink();
  }

  drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #shrink(): void {
    for (const name of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return;
      this.drop(name);
    }
  }
}
