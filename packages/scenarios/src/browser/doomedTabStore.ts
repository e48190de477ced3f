import type { OmemoStore } from "@omemo/core";
import type { Doom } from "../processes/doom.js";

/**
 * A store around whose n-th commit the browser is killed. The kill comes from outside, a moment
 * after it was asked for; until then the tab does nothing more.
 */
export function doomedTabStore(
  store: OmemoStore,
  doom: Doom | undefined,
  die: () => Promise<void>,
): OmemoStore {
  if (doom?.kind !== "commit") return store;
  const { count, moment, turns } = doom;
  let commits = 0;
  return {
    get: (keys) => store.get(keys),
    list: (prefix) => store.list(prefix),
    close: () => store.close(),
    commit: async (batch) => {
      commits += 1;
      if (commits !== count) return await store.commit(batch);
      // Also when it is refused: to lose a race is a moment to die in as well.
      const committing =
        moment === "before" ? undefined : store.commit(batch).catch(() => undefined);
      if (moment === "after") await committing;
      if (moment === "during") for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      await die();
      return await new Promise(() => undefined);
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
