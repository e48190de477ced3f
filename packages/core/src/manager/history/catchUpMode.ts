import { OmemoError } from "../../domain/error.js";
import type { RecordKey } from "../../ports/store.js";
import { catchUpCodec, catchUpKey, usedPreKeyPrefix } from "../../session/history/catchUpRecord.js";
import { type Effect, todoKey } from "../../session/records/todoRecord.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import type { Context } from "../context.js";

/**
 * Whether archives are being read: while they are, used prekeys stay, and the bundle and automatic
 * answers wait [O2-141, O2-144, O2-145, L-69, L-72]. Open as long as one reader has not ended [MAM-04];
 * what arrives live meanwhile is treated alike [MAM-06].
 */
export interface CatchUpMode {
  isOpen(): boolean;
  isReading(reader: string): boolean;
  /** Takes up what an earlier run left open, or ends it. */
  load(): Promise<void>;
  begin(reader: string): void;
  /** Resolves when the prekeys that were kept are gone, where this was the last reader. */
  end(reader: string): Promise<void>;
  /** Begins on behalf of the application; survives a restart. */
  beginDurably(): Promise<void>;
  endDurably(): Promise<void>;
  /** Those of the effects that may be done now; the others follow at the end. */
  admit(effects: readonly Effect[]): readonly Effect[];
}

type ModeContext = Pick<Context, "store" | "clock" | "limits" | "lifetime" | "mailbox" | "events">;

const APPLICATION = "application";
/**
 * Bundles and empty messages tell nobody anything that could not wait; and what looks like a lost
 * session may lie in the part that was not read yet [L-77].
 */
const WAITING: ReadonlySet<Effect["kind"]> = new Set([
  "publish-bundle",
  "send-empty-message",
  "start-session",
]);

export function createCatchUpMode(
  context: ModeContext,
  enqueue: (effects: readonly Effect[]) => void,
): CatchUpMode {
  const { store, clock, mailbox, events } = context;
  /** When each began, ms since 1970. */
  const readers = new Map<string, number>();
  const held = new Map<string, Effect>();
  let stopWatch: (() => void) | undefined;

  const open = (reader: string, since: number): void => {
    readers.set(reader, since);
    stopWatch?.();
    const over = new AbortController();
    const forget = context.lifetime.onEnd(() => over.abort());
    stopWatch = () => {
      forget();
      over.abort();
    };
    const end = Math.min(...readers.values()) + context.limits.catchUpPeriod;
    void clock.sleep(Math.max(0, end - clock.now()), over.signal).then(() => {
      if (!over.signal.aborted) expire();
    });
  };
  const settle = async (): Promise<void> => {
    await mailbox.run(() => retryOnConflict(() => dropKept(store, () => readers.size > 0)));
    if (readers.size > 0) return;
    stopWatch?.();
    const due = [...held.values()];
    held.clear();
    enqueue(due);
  };
  const expire = (): void => {
    const isWaitedFor = readers.has(APPLICATION) || held.size > 0;
    stopWatch?.();
    readers.clear();
    const error = new OmemoError("aborted", "the catch-up took too long: prekeys are not kept on");
    settle()
      .then(() => {
        if (isWaitedFor) events.notify("problem", { what: "catch-up", error, willRetry: false });
      })
      .catch((cause: unknown) => {
        events.notify("problem", { what: "catch-up", error: cause, willRetry: false });
      });
  };
  return {
    isOpen: () => readers.size > 0,
    isReading: (reader) => readers.has(reader),
    load: async () => {
      const [stored] = await store.get([catchUpKey]);
      if (stored !== undefined) open(APPLICATION, catchUpCodec.decode(stored).since);
      if (readers.size === 0) await settle();
    },
    begin: (reader) => open(reader, clock.now()),
    end: async (reader) => {
      if (readers.delete(reader) && readers.size === 0) await settle();
    },
    beginDurably: async () => {
      const since = clock.now();
      await store.commit({
        check: [],
        put: [{ key: catchUpKey, value: catchUpCodec.encode({ since }) }],
        delete: [],
      });
      open(APPLICATION, since);
    },
    endDurably: async () => {
      await store.commit({ check: [], put: [], delete: [catchUpKey] });
      readers.delete(APPLICATION);
      if (readers.size === 0) await settle();
    },
    admit: (effects) => {
      if (readers.size === 0) return effects;
      const waiting = effects.filter(({ kind }) => WAITING.has(kind));
      for (const effect of waiting) held.set(todoKey(effect).join(" "), effect);
      return effects.filter((effect) => !waiting.includes(effect));
    },
  };
}

/** Nothing that was used may be used again from now on [O2-126]; also ends what a crash left. */
async function dropKept(store: Context["store"], isOpen: () => boolean): Promise<void> {
  if (isOpen()) return;
  const gone: RecordKey[] = [];
  for await (const { key } of store.list(usedPreKeyPrefix)) gone.push(key);
  const [record] = await store.get([catchUpKey]);
  if (record !== undefined) gone.push(catchUpKey);
  if (gone.length > 0 && !isOpen()) await store.commit({ check: [], put: [], delete: gone });
}
