/**
 * Sends small packets at once. With stream management on TCP each request takes 44 ms instead of
 * 1 otherwise, because Nagle's algorithm waits for delayed acknowledgements.
 */
export function sendAtOnce(socket: unknown): void {
  // A TLS socket of xmpp.js wraps that of the platform; a WebSocket has nothing to set.
  [inner(socket), socket].find(canSetNoDelay)?.setNoDelay(true);
}

function inner(socket: unknown): unknown {
  return typeof socket === "object" && socket !== null && "socket" in socket
    ? socket.socket
    : undefined;
}

function canSetNoDelay(socket: unknown): socket is { setNoDelay(on: boolean): void } {
  return (
    typeof socket === "object" &&
    socket !== null &&
    "setNoDelay" in socket &&
    typeof socket.setNoDelay === "function"
  );
}
