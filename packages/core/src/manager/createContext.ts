import { OmemoError } from "../domain/error.js";
import type { AccountRecord } from "../session/records/accountRecord.js";
import type { Effect } from "../session/records/todoRecord.js";
import type { Connection } from "./connection/connection.js";
import { type Context, contextBase, type OmemoPorts } from "./context.js";
import { createGeneration } from "./generation/generation.js";
import { createCatchUp } from "./history/catchUp.js";
import { createCatchUpMode } from "./history/catchUpMode.js";
import { createRooms } from "./rooms/rooms.js";
import type { Lifetime } from "./scheduling/lifetime.js";
import type { ResolvedOptions } from "./settings/resolveOptions.js";

/** What changes while a manager lives. */
export interface State {
  account: AccountRecord | undefined;
  sequence: number;
  isStarted: boolean;
}

/** What the parts of one manager share; `enqueue` may be called once all of them exist. */
export function createContext(
  ports: OmemoPorts,
  options: ResolvedOptions,
  { state, connection, lifetime }: ContextState,
  enqueue: (effects: readonly Effect[]) => void,
): Context {
  const base = {
    ...contextBase(ports, options),
    lifetime,
    account: () => {
      if (state.account !== undefined) return state.account;
      throw new OmemoError("invalid-input", "no identity yet: call initialize() first");
    },
  };
  const catchUpMode = createCatchUpMode(base, enqueue);
  const whole = {
    ...base,
    hasAccount: () => state.account !== undefined,
    onlineSince: connection.since,
    enqueue: (effects: readonly Effect[]) => enqueue(catchUpMode.admit(effects)),
    nextSequence: () => {
      state.sequence += 1;
      return state.sequence;
    },
  };
  return {
    ...whole,
    catchUp: createCatchUp(base),
    catchUpMode,
    rooms: createRooms(base),
    generation: createGeneration(whole),
  };
}

interface ContextState {
  readonly state: State;
  readonly connection: Connection;
  readonly lifetime: Lifetime;
}
