import type { HistoryItem, HistoryPage, HistoryQuery } from "@omemo/core";
import { type Command, numberField, textField } from "../command.js";
import {
  describeControl,
  describeFailure,
  describeKnown,
  describeMessage,
  describePlain,
} from "../describe.js";
import type { JsonEvent } from "../jsonEvent.js";
import type { Peer } from "../peer.js";

/** Reads a page of an archive; what is decrypted there is told as `message` as well. */
export async function archive(peer: Peer, command: Command): Promise<unknown> {
  const { items, first, last, isComplete }: HistoryPage = await peer.manager.history.read(
    queryOf(command),
  );
  const own = peer.manager.getOwnDevice().jid;
  return {
    items: items.map((item) => ({
      archive_id: item.archived.archiveId ?? null,
      kind: item.kind,
      event: eventOf(item, own) ?? null,
    })),
    first: first ?? null,
    last: last ?? null,
    complete: isComplete,
  };
}

/** Keeps used prekeys, and holds bundle and empty messages back, from `begin` until `end`. */
export async function catchUp(peer: Peer, command: Command): Promise<null> {
  const what = textField(command, "do");
  if (what === "begin") return hold(peer);
  if (what === "end") return release(peer);
  throw new Error('"do" is one of: begin, end');
}

/** Begins a catch-up, under the name that other peers of this kind know it by. */
export async function hold({ manager }: Peer): Promise<null> {
  await manager.history.beginCatchUp();
  return null;
}

/** Ends it. */
export async function release({ manager }: Peer): Promise<null> {
  await manager.history.endCatchUp();
  return null;
}

function queryOf(command: Command): HistoryQuery {
  const text = <Name extends "room" | "with" | "after" | "before">(name: Name) =>
    command[name] !== undefined && { [name]: textField(command, name) };
  const time = <Name extends "start" | "end">(name: Name) =>
    command[name] !== undefined && { [name]: numberField(command, name) };
  return {
    ...text("room"),
    ...text("with"),
    ...text("after"),
    ...text("before"),
    ...time("start"),
    ...time("end"),
    ...(command.max !== undefined && { pageSize: numberField(command, "max") }),
  };
}

function eventOf(item: HistoryItem, own: string): JsonEvent | undefined {
  switch (item.kind) {
    case "message":
      return describeMessage(item.message, own);
    case "control":
      return describeControl(item.control, own);
    case "failure":
      return describeFailure(item.failure, own);
    case "own":
    case "duplicate":
      return describeKnown(item.about, own);
    case "plain":
      return describePlain(item.archived, own);
  }
}
