import { file } from "./file.js";
import type { TestedStore } from "./testedStore.js";

/** Every store, and every composition that makes sense. */
export const stores: readonly TestedStore[] = [file];

/** @throws RangeError when there is none of that name. */
export function storeNamed(name: string): TestedStore {
  const found = stores.find((store) => store.name === name);
  if (found !== undefined) return found;
  throw new RangeError(`no store "${name}"; there are ${stores.map((each) => each.name).join()}`);
}
