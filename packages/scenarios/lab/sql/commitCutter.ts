import { once } from "node:events";
import { type AddressInfo, createServer, connect as openSocket, type Socket } from "node:net";

/** Where the line breaks: before the server hears of the COMMIT, or before the client hears of its end. */
export type Cut = "before" | "after";

/** A line to a server on loopback that breaks in the middle of a COMMIT when it is told to. */
export interface CommitCutter {
  readonly port: number;
  /** Breaks the connection at the next COMMIT, once. */
  cutNext(cut: Cut): void;
  close(): Promise<void>;
}

/** The call that is a whole commit on PostgreSQL; the statement as it is in MariaDB's protocol. */
const COMMIT = /omemo_commit\(|[^a-z_]commit(?:\0|$)/i;

export async function commitCutter(serverPort: number): Promise<CommitCutter> {
  let armed: Cut | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = openSocket(serverPort, "127.0.0.1");
    let isCommitting = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (chunk) => {
      const cut = COMMIT.test(chunk.toString("latin1")) ? armed : undefined;
      if (cut !== undefined) armed = undefined;
      if (cut === "before") client.destroy();
      else upstream.write(chunk);
      isCommitting ||= cut === "after";
    });
    upstream.on("data", (chunk) => {
      if (isCommitting) client.destroy();
      else client.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cutNext: (cut) => {
      armed = cut;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
