import { fromUtf8, toUtf8 } from "../../domain/bytes.js";
import { OmemoError } from "../../domain/error.js";
import type { StoredRecord } from "../../ports/store.js";

/** One kind of record in neutral form: a format number, then JSON. */
export interface NeutralCodec<Value> {
  encode(value: Value): Uint8Array;
  /** @throws OmemoError `store-failure` when the bytes are not what this code wrote. */
  decode(record: StoredRecord): Value;
}

/**
 * Everything but sessions is stored so that another backend, store or version of this library can
 * read it. What cannot be read is an error, never "nothing there" (invariant 5).
 */
export function neutralCodec<Value>(format: number): NeutralCodec<Value> {
  return {
    encode: (value) => {
      const json = toUtf8(JSON.stringify(value));
      const bytes = new Uint8Array(json.length + 1);
      bytes[0] = format;
      bytes.set(json, 1);
      return bytes;
    },
    decode: (record) => {
      if (record.value[0] !== format) {
        throw unreadable(record, `format ${record.value[0]} is not ${format}`);
      }
      const text = fromUtf8(record.value.subarray(1));
      if (text === undefined) throw unreadable(record, "not UTF-8");
      return parse<Value>(record, text);
    },
  };
}

function parse<Value>(record: StoredRecord, text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw unreadable(record, "not JSON", cause);
  }
}

/** Names the collection only: the path has addresses in it. */
export function unreadable(record: StoredRecord, why: string, cause?: unknown): OmemoError {
  return new OmemoError("store-failure", `cannot read a "${record.key[0]}" record: ${why}`, {
    cause,
  });
}
