import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

const HOW_TO: URL = new URL("../../../../docs/how-to/", import.meta.url);

/**
 * Runs the code of a how-to: the block in which a function of this name is exported, as it stands
 * there. What the gate of the documents only compiles happens here.
 */
export async function importBlock<Exports extends object>(
  howTo: string,
  name: keyof Exports & string,
): Promise<Exports> {
  const text = readFileSync(new URL(howTo, HOW_TO), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const block = blocks.find((code) => new RegExp(`^export .*\\b${name}\\b`, "m").test(code));
  if (block === undefined) throw new RangeError(`${howTo} exports no ${name}`);
  const folder = mkdtempSync(join(tmpdir(), "omemo-how-to-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const module = join(folder, `${name}.ts`);
  writeFileSync(module, block);
  return import(pathToFileURL(module).href) as Promise<Exports>;
}
