import type { DeliveryPlan, RoomPlan } from "../../domain/deliveryPlan.js";
import { bareJid } from "../../domain/jid.js";
import { planRoom } from "../rooms/planRoom.js";
import type { Runtime } from "../runtime.js";
import { compose } from "../sending/content.js";
import { requestFor } from "../sending/conversation.js";
import type { Content, SendOptions } from "../sending/sendOptions.js";
import { planDelivery } from "./planDelivery.js";

/** Options of a plan. */
export interface PlanOptions extends SendOptions {
  /** What would be said: not every version carries everything. Default: a text. */
  readonly content?: Content;
}

/** What sending to these accounts would do. */
export async function plan(
  runtime: Runtime,
  to: readonly string[],
  { content = "", ...options }: PlanOptions,
): Promise<DeliveryPlan> {
  const { context, bundles } = runtime;
  return planDelivery(context, bundles, requestFor(runtime, to, content, options));
}

/** What sending to a room would do. */
export async function planForRoom(
  { context, bundles, requireStarted }: Runtime,
  room: string,
  { content = "", ...options }: PlanOptions,
): Promise<RoomPlan> {
  requireStarted();
  const message = {
    room: bareJid(room),
    message: compose(context, content, options),
    signal: options.signal,
  };
  return planRoom(context, bundles, message);
}
