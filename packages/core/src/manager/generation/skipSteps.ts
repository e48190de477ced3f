import type { OmemoBackend, Session, SessionChange } from "../../ports/backend.js";
import { mergeChanges } from "../sessions/sessions.js";

/** A session, and how many keys of its sending chain nobody may use. */
export interface Skip {
  readonly session: Session;
  readonly steps: number;
}

/** As long as the key material of the version that has less; what it is encrypted to is thrown away. */
const NOTHING: Uint8Array = new Uint8Array(16);

/**
 * Moves sending chains on past keys that a copy of our state may have used. The peers see a gap in
 * the counters, as after lost messages. `undefined` where nothing was to be skipped.
 */
export async function skipSteps(
  backend: OmemoBackend,
  skips: readonly Skip[],
): Promise<readonly (SessionChange | undefined)[]> {
  const changes: (SessionChange | undefined)[] = skips.map(() => undefined);
  const most = Math.max(0, ...skips.map(({ steps }) => steps));
  for (let step = 0; step < most; step += 1) {
    const due = [...skips.entries()].filter(([, { steps }]) => steps > step);
    const sessions = due.map(([index, { session }]): Session => {
      const change = changes[index];
      return change === undefined ? session : { ...session, head: change.head, parts: change.put };
    });
    const sealed = await backend.encryptFor(sessions, NOTHING);
    for (const [place, [index]] of due.entries()) {
      const change = sealed[place]?.change;
      const before = changes[index];
      if (change === undefined) continue;
      changes[index] = before === undefined ? change : mergeChanges(before, change);
    }
  }
  return changes;
}
