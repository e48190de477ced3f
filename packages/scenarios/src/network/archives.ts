import type { HistoryItem, HistoryPage, HistoryQuery } from "@omemo/core";
import type { WireRecord } from "@omemo/testkit";
import type { Guest, Party } from "./party.js";

/** The server delivers no message to this account, live or later; its archive has all of them. */
export function deliverNothing({ world }: Party, account: string): void {
  world.network.behaviour = {
    push: (event, to) => (event.kind === "message" && to.account === account ? [] : [event]),
  };
}

/** The server is an honest one again. */
export function deliver({ world }: Party): void {
  world.network.behaviour = {};
}

/** What a guest's application asks for. */
export function readPage(
  { world }: Party,
  { manager }: Guest,
  query: HistoryQuery = {},
): Promise<HistoryPage> {
  return world.complete(manager.history.read(query));
}

/** Texts of the messages of a page, and in place of the others what they are. */
export function toldBy({ items }: HistoryPage): readonly (string | undefined)[] {
  return items.map(tell);
}

function tell(item: HistoryItem): string | undefined {
  if (item.kind === "message") return item.message.body;
  return item.kind === "failure" ? item.failure.reason : item.kind;
}

/** How often an account published a bundle, each of one version. */
export function bundlesPublished(log: readonly WireRecord[], account: string): number {
  return log.filter((record) => {
    const { direction, kind, detail } = record;
    const isBundle = detail.includes("bundles");
    return record.account === account && direction === "sent" && kind === "publishItem" && isBundle;
  }).length;
}

/** Ids of prekeys that were used and are kept. */
export function keptPreKeys({ device }: Guest): readonly string[] {
  return device.disk
    .records()
    .flatMap(({ key }) => (key[0] === "used-prekey" ? [key[2] ?? ""] : []));
}
