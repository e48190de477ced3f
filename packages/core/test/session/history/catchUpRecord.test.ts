import { describe, expect, it } from "vitest";
import { OMEMO_2 } from "../../../src/domain/version.js";
import type { RecordKey } from "../../../src/ports/store.js";
import { planUsedPreKey, usedPreKeyKey } from "../../../src/session/history/catchUpRecord.js";
import { preKeyKey } from "../../../src/session/records/recordKeys.js";
import { stored } from "../fixtures.js";

describe("planUsedPreKey", () => {
  const key: RecordKey = preKeyKey(OMEMO_2, 7);
  const record = stored(key);

  it("forgets a used prekey at once [O2-126]", () => {
    expect(planUsedPreKey(record, false)).toEqual({ put: [], delete: [key] });
  });

  it("puts it aside while archives are read, out of the bundle [O2-141, O2-144, L-69]", () => {
    const aside = ["used-prekey", OMEMO_2, "7"];
    expect(planUsedPreKey(record, true)).toEqual({
      put: [{ key: aside, value: record.value }],
      delete: [key],
    });
    expect(usedPreKeyKey(key)).toEqual(aside);
  });

  it("leaves one that lies aside where it is, also when it is used again", () => {
    for (const isKept of [true, false]) {
      expect(planUsedPreKey(stored(usedPreKeyKey(key)), isKept)).toEqual({ put: [], delete: [] });
    }
  });
});
