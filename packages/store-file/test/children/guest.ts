// guest.mjs FOLDER: takes the right to write away from a folder, and prints what a store says to it.
import { chmod, chown } from "node:fs/promises";
import { join } from "node:path";
import { isOmemoError } from "@omemo/core";
import { fileStore } from "@omemo/store-file";

const [, , folder = ""] = process.argv;
const NOBODY = 65_534;
if (process.getuid?.() === 0) {
  // Nothing is forbidden to the one who starts us.
  await chown(folder, NOBODY, NOBODY);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

const path = join(folder, "a");
const put = (number: number) => [{ key: ["a"], value: Uint8Array.of(number) }] as const;
const answerTo = async (action: Promise<unknown>): Promise<string> => {
  try {
    await action;
    return "done";
  } catch (error) {
    return isOmemoError(error) ? `${error.code}: ${error.message}` : `untyped: ${error}`;
  }
};

const store = await fileStore(path);
await store.commit({ check: [], put: put(1), delete: [] });
await store.close();
await chmod(folder, 0o555);
const openedClosed = await answerTo(fileStore(path));

await chmod(folder, 0o755);
const rewrites: string[] = [];
const onRewriteFailure = (error: Error): unknown => rewrites.push(error.message);
const open = await fileStore(path, { garbageFloor: 0, garbageShare: 0.01, onRewriteFailure });
await chmod(folder, 0o555);
const committed = await answerTo(open.commit({ check: [], put: put(2), delete: [] }));
const closed = await answerTo(open.close());

await chmod(folder, 0o755);
const again = await fileStore(path);
const [record] = await again.get([["a"]]);
await again.close();
const kept = record?.value[0];
console.log(JSON.stringify({ openedClosed, committed, rewrites, closed, kept }));
