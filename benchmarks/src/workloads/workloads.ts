import { catchUp, steadyDecrypt } from "./decryptInOrder.ts";
import { fanOuts } from "./fanOut.ts";
import { firstDecrypt } from "./firstDecrypt.ts";
import { jump, lateMessage, nextMessage } from "./heldKeys.ts";
import { pingPong } from "./pingPong.ts";
import { setUp } from "./setUp.ts";
import { steadyEncrypt } from "./steadyEncrypt.ts";
import type { Workload } from "./workload.ts";

/** All that is measured, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [
  setUp,
  firstDecrypt,
  steadyEncrypt,
  steadyDecrypt,
  pingPong,
  ...fanOuts,
  catchUp,
  jump,
  nextMessage,
  lateMessage,
];
