import {
  equalBytes,
  type NeedsParts,
  OmemoError,
  type OmemoVersion,
  type Session,
  type SessionChange,
  type SessionHead,
} from "@omemo/core";

/** The port promises to ask at most so often for parts of one message. */
const MAX_ROUNDS = 3;

/** One session as a store would hold it. */
export class StoredSession {
  readonly #version: OmemoVersion;
  readonly #parts = new Map<string, Uint8Array>();
  #head: SessionHead | undefined;

  constructor(version: OmemoVersion) {
    this.#version = version;
  }

  /** The session with the named parts; `undefined` before there is one. */
  load(names: readonly string[] = []): Session | undefined {
    if (this.#head === undefined) return undefined;
    const parts = names.map((name) => ({ name, value: this.#partNamed(name) }));
    return { version: this.#version, head: this.#head, parts };
  }

  /** With every part. */
  loadAll(): Session | undefined {
    return this.load([...this.#parts.keys()]);
  }

  apply({ head, put, drop }: SessionChange): void {
    this.#head = head;
    for (const name of drop) this.#parts.delete(name);
    for (const { name, value } of put) this.#parts.set(name, value);
  }

  /** Calls again with the parts that are asked for, as often as the port allows. */
  async withParts<Answer extends { readonly kind: string }>(
    call: (session: Session | undefined) => Promise<Answer | NeedsParts>,
  ): Promise<Answer> {
    const names: string[] = [];
    for (let round = 0; round <= MAX_ROUNDS; round += 1) {
      const answer = await call(this.load(names));
      if (answer.kind !== "needs-parts") return answer as Answer;
      names.push(...(answer as NeedsParts).names);
    }
    throw new OmemoError("invalid-input", "parts were asked for more than three times");
  }

  /** A deep copy, to show later that nothing was written into the stored bytes. */
  snapshot(): (other: StoredSession) => boolean {
    const head = this.#head?.slice();
    const parts = new Map([...this.#parts].map(([name, value]) => [name, value.slice()]));
    return (other) => other.#isEqual(head, parts);
  }

  #isEqual(head: Uint8Array | undefined, parts: ReadonlyMap<string, Uint8Array>): boolean {
    if (head === undefined || this.#head === undefined) return head === this.#head;
    if (!equalBytes(head, this.#head) || parts.size !== this.#parts.size) return false;
    return [...parts].every(([name, value]) => {
      const own = this.#parts.get(name);
      return own !== undefined && equalBytes(own, value);
    });
  }

  #partNamed(name: string): Uint8Array {
    const value = this.#parts.get(name);
    if (value === undefined) throw new OmemoError("invalid-input", `there is no part ${name}`);
    return value;
  }
}
