// counter.js PATH TIMES: says "ready", and after a line on its input adds one to a counter so often.
import { once } from "node:events";
import { isOmemoError, type OmemoStore, type RecordKey } from "@omemo/core";
import { sqlStore } from "@omemo/store-sql";
import { betterSqliteDialect } from "../databases/betterSqlite.js";

const COUNTER: RecordKey = ["device", "counter@example.org", "1"];

/** Answers how many others were quicker. */
async function addOne(store: OmemoStore): Promise<number> {
  for (let conflicts = 0; ; conflicts += 1) {
    const [record] = await store.get([COUNTER]);
    const count = record === undefined ? 0 : new DataView(record.value.buffer).getUint32(0);
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, count + 1);
    try {
      const check = [{ key: COUNTER, version: record?.version }];
      await store.commit({ check, put: [{ key: COUNTER, value }], delete: [] });
      return conflicts;
    } catch (error) {
      if (!isOmemoError(error) || error.code !== "store-conflict") throw error;
    }
  }
}

const [, , path = "", times = "0"] = process.argv;
process.stdout.write("ready\n");
await once(process.stdin, "data");
const store = await sqlStore(betterSqliteDialect(path), { account: "a", patience: 60_000 });
let conflicts = 0;
for (let time = 0; time < Number(times); time += 1) conflicts += await addOne(store);
await store.close();
process.stdout.write(`${conflicts}\n`);
process.stdin.destroy();
