import { type CrashPlan, crashSometimes, type SeededRandom } from "@omemo/testkit";

const ANYWHERE = 0.004;
/** Much more often while a catch-up is under way: in as many awaits after each page. */
const IN_CATCH_UP = 0.02;
const AFTER_PAGE = 40;

/** While it is on, processes die. */
export interface Troubles {
  isOn: boolean;
  /** How many died inside catch-up. */
  deathsInCatchUp: number;
}

/** Dies at any await now and then, and likelier inside catch-up, while there are troubles. */
export function crashInTroubles(
  dice: SeededRandom,
  troubles: Troubles,
  maxLives: number,
): CrashPlan {
  const anywhere = crashSometimes(dice.fork("anywhere"), ANYWHERE, maxLives);
  const inCatchUp = crashSometimes(dice.fork("catch-up"), IN_CATCH_UP, maxLives);
  let left = 0;
  return (point) => {
    left = point.operation === "fetchArchive" ? AFTER_PAGE : Math.max(0, left - 1);
    if (!troubles.isOn) return undefined;
    if (left === 0) return anywhere(point);
    const moment = inCatchUp(point);
    if (moment !== undefined) troubles.deathsInCatchUp += 1;
    return moment;
  };
}
