import { connect, createServer, type Socket } from "node:net";

/** A port that leads to another one, until the line is cut. */
export interface BreakableLine {
  readonly port: number;
  /** Ends all connections at once, as when the network goes away; new ones come through. */
  cut(): void;
  close(): void;
}

export async function openLine(target: number): Promise<BreakableLine> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The other side sees the same end as an end.
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const server = createServer((near) => {
    const far = hold(connect(target, "127.0.0.1"));
    hold(near).pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cut = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
