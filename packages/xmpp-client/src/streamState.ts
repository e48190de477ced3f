import type { XmppClient } from "./xmppClient.js";

/** Whether the client has a stream that is negotiated and not about to end. */
export interface StreamState {
  readonly isUp: boolean;
}

/**
 * Follows the client. Its `status` would not do: it becomes `online` only after stream management
 * told of a resumption, when everybody else may send already.
 */
export function streamState(client: XmppClient): StreamState {
  let isUp = client.status === "online";
  const become = (up: boolean) => () => {
    isUp = up;
  };
  client.on("online", become(true));
  client.streamManagement?.on?.("resumed", become(true));
  for (const event of ["closing", "disconnect", "offline"]) client.on(event, become(false));
  return {
    get isUp() {
      return isUp;
    },
  };
}
