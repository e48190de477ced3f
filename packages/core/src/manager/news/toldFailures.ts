import type { RecordPut } from "../../ports/store.js";
import type { ReceiveFailure } from "../../session/received.js";
import { type News, toldFailuresCodec, toldFailuresKey } from "../../session/records/newsRecord.js";
import type { Context } from "../context.js";

/** Archived messages that could not be read: meeting them again in the archive is no news. */
export interface ToldFailures {
  /** What an earlier run told, and what it left to tell. */
  load(left: readonly News[]): Promise<void>;
  has(failure: ReceiveFailure): boolean;
  add(failure: ReceiveFailure): void;
  /** For the commit after they were told. */
  record(): readonly RecordPut[];
}

/** Remembered as told; the oldest is forgotten first. */
const MAX_REMEMBERED = 1000;
/** Remembered over a restart: more than the archive is read over again. */
const MAX_STORED = 100;

export function createToldFailures({ store }: Pick<Context, "store">): ToldFailures {
  const names = new Set<string>();
  const add = (name: string): void => {
    names.delete(name);
    names.add(name);
    const [oldest] = names;
    if (names.size > MAX_REMEMBERED && oldest !== undefined) names.delete(oldest);
  };
  return {
    load: async (left) => {
      const [stored] = await store.get([toldFailuresKey]);
      if (stored !== undefined) toldFailuresCodec.decode(stored).names.forEach(add);
      const failures = left.flatMap(({ event, payload }) => (event === "failure" ? [payload] : []));
      for (const failure of failures) {
        for (const each of [...(failure.earlier ?? []), failure]) {
          const name = nameOf(each);
          if (name !== undefined) add(name);
        }
      }
    },
    has: (failure) => {
      const name = nameOf(failure);
      return name !== undefined && names.has(name);
    },
    add: (failure) => {
      const name = nameOf(failure);
      if (name !== undefined) add(name);
    },
    record: () => {
      if (names.size === 0) return [];
      const value = toldFailuresCodec.encode({ names: [...names].slice(-MAX_STORED) });
      return [{ key: toldFailuresKey, value }];
    },
  };
}

/** `undefined` for what no archive has, and for what may be read once there is room. */
function nameOf({ room, archiveId, reason }: ReceiveFailure): string | undefined {
  if (archiveId === undefined || reason === "inbox-full") return undefined;
  return `${room?.jid ?? ""} ${archiveId}`;
}
