import type { OmemoStore, RecordKey, StoredRecord } from "../../ports/store.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";

/**
 * What the store holds now. Behind a cache, `get` alone may answer what was so before another
 * process wrote; where the order matters, and no commit of ours follows, a check has to confirm it.
 */
export function readNow(
  store: OmemoStore,
  keys: readonly RecordKey[],
): Promise<readonly (StoredRecord | undefined)[]> {
  return retryOnConflict(async () => {
    const records = await store.get(keys);
    const check = keys.map((key, index) => ({ key, version: records[index]?.version }));
    await store.commit({ check, put: [], delete: [] });
    return records;
  });
}
