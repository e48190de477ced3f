import { isOmemoError, type OmemoManager } from "@omemo/core";
import type { TrustKey } from "../../decisions/decision.js";
import type { TrustContext } from "../state/change.js";
import { expand } from "./expand.js";
import { isAnythingLeft, tellEverybody } from "./tellEverybody.js";

/** Tells others of manual decisions, until all of them have heard. */
export interface Herald {
  /** There is something to tell. */
  wake(): void;
  /** Somebody may be there who was not: what is left is told at once. */
  retry(): void;
  /** Resolves when nothing is being sent; what cannot be sent now waits. */
  idle(): Promise<void>;
  end(): Promise<void>;
}

/** What it needs of a manager. */
export type HeraldManager = Pick<
  OmemoManager,
  "getOwnDevice" | "getOwnFingerprint" | "sendContent"
>;

const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 86_400_000;

export function createHerald(context: TrustContext, manager: HeraldManager): Herald {
  const over = new AbortController();
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isDone = true;
  let pause = FIRST_PAUSE;
  let alarm = new AbortController();

  const round = async (): Promise<void> => {
    while (isWanted && !over.signal.aborted) {
      isWanted = false;
      isDone = await tryRound(context, manager);
      if (isDone) pause = FIRST_PAUSE;
      else void again();
    }
    running = undefined;
  };
  const run = (): void => {
    if (over.signal.aborted) return;
    isWanted = true;
    running ??= round();
  };
  /** Later and later, and at once when something happens. */
  const again = async (): Promise<void> => {
    alarm.abort();
    alarm = new AbortController();
    const { signal } = alarm;
    const ms = pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    await context.clock.sleep(ms, signal);
    if (!signal.aborted) run();
  };
  const wake = (): void => {
    pause = FIRST_PAUSE;
    run();
  };
  return {
    wake,
    retry: () => {
      if (!isDone) wake();
    },
    idle: async () => {
      await running;
    },
    end: async () => {
      over.abort();
      alarm.abort();
      await running;
    },
  };
}

/** Answers whether nothing is left to do. */
async function tryRound(context: TrustContext, manager: HeraldManager): Promise<boolean> {
  const { store, levels } = context;
  try {
    const own = ownKey(manager);
    if (own === undefined) return false;
    await expand(store, levels, own);
    const errors = await tellEverybody(store, levels, manager);
    for (const error of errors) if (!isAbsence(error)) context.tell({ kind: "problem", error });
    return !(await isAnythingLeft(store));
  } catch (error) {
    context.tell({ kind: "problem", error });
    return false;
  }
}

/** `undefined` before the manager is initialized. */
function ownKey(
  manager: Pick<OmemoManager, "getOwnDevice" | "getOwnFingerprint">,
): TrustKey | undefined {
  try {
    return { ...manager.getOwnDevice(), fingerprint: manager.getOwnFingerprint() };
  } catch (error) {
    if (isOmemoError(error) && error.code === "invalid-input") return undefined;
    throw error;
  }
}

/** Nobody is there, or we are not, or not initialized: that passes, and is no news. */
const ABSENCES: readonly string[] = ["offline", "no-recipient-devices", "invalid-input"];

function isAbsence(error: unknown): boolean {
  return isOmemoError(error) && ABSENCES.includes(error.code);
}
