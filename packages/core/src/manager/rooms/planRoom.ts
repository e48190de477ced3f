import type { RoomPlan } from "../../domain/deliveryPlan.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import { toObstacle } from "../plan/obstacle.js";
import { planDelivery } from "../plan/planDelivery.js";
import { type RoomMessage, readyMembers, requestForRoom } from "./sendToRoom.js";

/** What sending to the room would do; a room that cannot be encrypted for lists no device. */
export async function planRoom(
  context: Context,
  bundles: BundleSource,
  message: RoomMessage,
): Promise<RoomPlan> {
  const { room } = message;
  try {
    const { recipients, isComplete } = await readyMembers(context, message);
    const request = requestForRoom(context, message, recipients);
    return { ...(await planDelivery(context, bundles, request)), room, isComplete };
  } catch (error) {
    const obstacle = toObstacle(error);
    return { room, isComplete: false, recipients: [], devices: [], unreached: [], obstacle };
  }
}
