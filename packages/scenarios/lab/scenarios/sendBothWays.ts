import type { Stage } from "../harness/stage.js";

/** Several turns, so that both ratchets step more than once. */
export async function sendBothWays(stage: Stage): Promise<void> {
  const [left, right] = await stage.startPair();
  for (const turn of [1, 2, 3]) {
    await left.send(right, `turn ${turn}: Grüße 😀 <&> from the left`);
    await right.waitForTexts([`turn ${turn}: Grüße 😀 <&> from the left`]);
    await right.send(left, `turn ${turn}: Grüße 😀 <&> from the right`);
    await left.waitForTexts([`turn ${turn}: Grüße 😀 <&> from the right`]);
  }
}
