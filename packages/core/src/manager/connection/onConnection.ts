import type { TransportState } from "../../ports/transport.js";
import type { Effect } from "../../session/records/todoRecord.js";
import type { OwnListGuard } from "../account/ownList.js";
import type { Context } from "../context.js";
import type { ArchiveFollower } from "../history/archiveFollower.js";
import type { Connection } from "./connection.js";

/** The stream ended, goes on, or a new one began: then what was known may be outdated. */
export function onConnection(
  context: Context,
  connection: Connection,
  ownList: OwnListGuard,
  archives: ArchiveFollower,
  kind: TransportState["kind"],
): void {
  if (kind === "offline") {
    connection.offline();
    return;
  }
  if (kind === "resumed") {
    connection.resumed();
    return;
  }
  ownList.reset();
  context.rooms.reset();
  context.catchUp.reset();
  archives.online();
  context.generation.reset();
  connection.online();
  // On every new stream the server's copy of us is compared and repaired [O2-20, L-33].
  if (!connection.isReady()) return;
  context.enqueue(context.options.versions.map((version) => ({ kind: "announce", version })));
  context.enqueue(afterLogin(context));
}

/** What is due on every new stream, once this device is announced. */
export function afterLogin({ options }: Context): readonly Effect[] {
  return options.catchUp ? [{ kind: "catch-up" }] : [];
}
