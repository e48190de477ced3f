/** An in-memory store with the interface of one on disk: bytes behind promises. */
export class RecordStore {
  readonly #records: Map<string, Uint8Array>;

  constructor(records: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#records = new Map(records);
  }

  async get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.#records.get(key));
  }

  async put(entries: Iterable<readonly [key: string, value: Uint8Array]>): Promise<void> {
    for (const [key, value] of entries) this.#records.set(key, value);
  }

  async delete(keys: Iterable<string>): Promise<void> {
    for (const key of keys) this.#records.delete(key);
  }

  /** For preparing, outside of what is measured. */
  copy(): RecordStore {
    return new RecordStore(this.#records);
  }

  /** For looking at what is stored, outside of what is measured. */
  peek(key: string): Uint8Array {
    const value = this.#records.get(key);
    if (value === undefined) throw new Error(`nothing is stored as ${key}`);
    return value;
  }

  /** For preparing, outside of what is measured. */
  duplicate(key: string, name: string): void {
    this.#records.set(name, this.peek(key).slice());
  }
}
