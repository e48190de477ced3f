import type { OmemoPorts } from "../manager/context.js";
import type { OmemoManager } from "../manager/OmemoManager.js";
import { systemClock } from "../manager/scheduling/systemClock.js";
import type { Clock, WebCrypto } from "../ports/surroundings.js";
import { describeState } from "./describeState.js";
import { followEvents } from "./followEvents.js";
import type { StoreKind } from "./lineRules.js";
import { pseudonyms } from "./pseudonyms.js";
import { type RawLine, redact } from "./redact.js";
import type { Shown } from "./rules.js";
import { coreVersion, currentRuntime } from "./surroundings.js";

/** How a trace is kept; everything has a default. */
export interface TraceOptions {
  /** Events that are remembered; the oldest make room. Default: 1000, some 300 bytes each. */
  readonly capacity?: number;
  /** What keeps the state, outermost first: `["caching", "file"]` say. */
  readonly store?: readonly StoreKind[];
  /** Versions of packages of this family beside core, by name. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, "now">;
  /** For the salt. Default: `globalThis.crypto`. */
  readonly crypto?: Pick<WebCrypto, "getRandomValues">;
}

/** Remembers what happens to a manager, redacted at once. */
export interface Trace {
  /** Notes an error that a call of yours ended with: its kind and code, never its text. */
  note(error: unknown): void;
  /**
   * The trace as JSON lines: software and options, the state of the device as it is now, and what
   * happened since the trace began. Never a key, plaintext, address or stanza. Asks the store, and
   * nobody else; what cannot be read there is told and stops nothing.
   */
  write(): Promise<string>;
  /** Ends listening; what was noted can still be written. */
  stop(): void;
}

const FORMAT = 1;
const CAPACITY = 1000;

/**
 * Begins a trace: best right after the manager was made, so that it knows how a failure came about.
 * Names become words that hold within this trace alone.
 */
export function startTrace(
  manager: Pick<OmemoManager, "observe" | "getSettings" | "getTrust">,
  { backend, store }: Pick<OmemoPorts, "backend" | "store">,
  options: TraceOptions = {},
): Trace {
  const { capacity = CAPACITY, clock = systemClock(), crypto = globalThis.crypto } = options;
  const pseudonym = pseudonyms(crypto);
  const startedAt = clock.now();
  const events: Shown[] = [];
  let forgotten = 0;
  const show = (line: RawLine): Shown => redact(line, { pseudonym, now: clock.now() });
  const note = ({ kind, about }: RawLine): void => {
    events.push(show({ kind, about: { ...about, after: clock.now() - startedAt } }));
    if (events.length <= capacity) return;
    events.shift();
    forgotten += 1;
  };
  const stop = followEvents(manager, note);
  const header = (): RawLine => ({
    kind: "trace",
    about: {
      format: FORMAT,
      startedAt,
      writtenAt: clock.now(),
      packages: { ...options.packages, "@omemo/core": coreVersion() },
      ...currentRuntime(),
      backend: backend.id,
      versions: backend.versions,
      store: options.store,
      forgotten,
    },
  });
  return {
    note: (error) => note({ kind: "error", about: { error } }),
    write: async () => {
      const state = await describeState({ manager, backend, store });
      const settings: RawLine = { kind: "options", about: { ...manager.getSettings() } };
      const lines = [...[header(), settings, ...state].map(show), ...events];
      return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    },
    stop,
  };
}
