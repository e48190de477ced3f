import type { LabDevice } from "../harness/labDevice.js";
import { bothWays } from "../harness/pairing.js";
import type { Stage } from "../harness/stage.js";

async function talk(from: LabDevice, to: LabDevice, topic: string): Promise<void> {
  await from.send(to, `${topic}: question`);
  await to.waitForTexts([`${topic}: question`]);
  await to.send(from, `${topic}: answer`);
  await from.waitForTexts([`${topic}: answer`]);
}

/**
 * A user throws away a working session; the conversation goes on over a new one. Who did it writes
 * first: what the other side sends before it heard of the new session is lost by design.
 */
export async function replaceSessions(stage: Stage): Promise<void> {
  const [left, right] = await stage.startPair();
  await talk(left, right, "first session");
  for (const [replacer, other] of bothWays(left, right)) {
    if (!replacer.side.canReplaceSessions) continue;
    await replacer.peer.replaceSessions(other.jid);
    await talk(replacer, other, `replaced by ${replacer.jid}`);
  }
}
