import type { OmemoStore } from "@omemo/core";
import type { SeededRandom } from "@omemo/testkit";

/** Where a process dies: counted in events, so that it does not depend on the machine. */
export type Doom =
  /** Killed by another process, while it does whatever comes after its n-th frame. */
  | { readonly kind: "frame"; readonly count: number; readonly delay: number }
  /** Kills itself around the n-th commit; `during`: so many turns of its event loop into it. */
  | {
      readonly kind: "commit";
      readonly count: number;
      readonly moment: "before" | "during" | "after";
      readonly turns: number;
    };

/** Early enough that most of them hit the start, which is where a process is most vulnerable. */
const MAX_FRAMES = 80;
const MAX_COMMITS = 40;

export function drawDoom(random: SeededRandom): Doom {
  if (random.chance(0.5)) {
    return { kind: "frame", count: 1 + random.below(MAX_FRAMES), delay: random.below(4) };
  }
  const moment = random.pick(["before", "during", "during", "after"] as const);
  return { kind: "commit", count: 1 + random.below(MAX_COMMITS), moment, turns: random.below(6) };
}

export function describeDoom(doom: Doom): string {
  if (doom.kind === "frame") return `killed ${doom.delay} ms after frame ${doom.count}`;
  return `killed ${doom.moment} commit ${doom.count} (${doom.turns} turns)`;
}

/** How what runs the store passes time, and how it ends. */
export interface Mortal {
  nextTurn(): Promise<void>;
  /** Nothing happens after it. */
  die(): Promise<never>;
}

/** A store in whose commits its owner dies, as the doom says. */
export function doomedStore(store: OmemoStore, doom: Doom | undefined, owner: Mortal): OmemoStore {
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
      if (moment === "before") return await owner.die();
      // Also when it is refused: to lose a race is a moment to die in as well.
      const committing = store.commit(batch).catch(() => undefined);
      if (moment === "after") await committing;
      else for (let turn = 0; turn < turns; turn += 1) await owner.nextTurn();
      return await owner.die();
    },
  };
}
