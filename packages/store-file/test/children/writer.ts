// writer.js PATH: commits one number after another to three records, and prints each once durable.

import { writeSync } from "node:fs";
import { fileStore } from "@omemo/store-file";

const [, , path = ""] = process.argv;
// Small enough that rewrites happen all the time.
const store = await fileStore(path, { garbageFloor: 2000 });
const [first] = await store.get([["count", "0"]]);
for (let count = first === undefined ? 1 : Number(Buffer.from(first.value)) + 1; ; count += 1) {
  const value = Buffer.from(String(count));
  const put = ["0", "1", "2"].map((name) => ({ key: ["count", name] as const, value }));
  await store.commit({ check: [], put, delete: [] });
  writeSync(1, `${count}\n`);
}
