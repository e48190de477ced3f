import { afterEach, describe, expect, it, vi } from "vitest";
import { strongBytes } from "../src/backend/strongBytes.js";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("bytes from a pool", () => {
  it("gives every drawn byte out once, across the edges of the pool", () => {
    const drawn: number[] = [];
    let next = 0;
    vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation((array) => {
      const bytes = array as unknown as Uint8Array;
      for (let index = 0; index < bytes.length; index += 2) {
        bytes[index] = next >> 8;
        bytes[index + 1] = next;
        next += 1;
      }
      return array;
    });
    const draw = strongBytes();
    for (const length of [32, 64, 32, 990, 32, 1024, 2000, 32]) {
      const bytes = draw(length);
      expect(bytes).toHaveLength(length);
      for (let index = 0; index < length; index += 2) {
        drawn.push(((bytes[index] as number) << 8) | (bytes[index + 1] as number));
      }
    }
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it("hands out arrays of their own: to write into one changes no other", () => {
    const draw = strongBytes();
    const [first, second] = [draw(32), draw(32)];
    const before = second.slice();
    first.fill(0);
    expect(second).toEqual(before);
    expect(first.buffer.byteLength).toBe(32);
  });

  it("says what to do where there is no source", () => {
    const { crypto } = globalThis;
    vi.stubGlobal("crypto", undefined);
    try {
      expect(() => strongBytes()(32)).toThrow(/pass `randomBytes`/);
    } finally {
      vi.stubGlobal("crypto", crypto);
      vi.unstubAllGlobals();
    }
  });
});
