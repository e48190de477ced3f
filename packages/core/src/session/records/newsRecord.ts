import { fromHex, toHex } from "../../domain/bytes.js";
import type { OmemoIdentity } from "../../domain/device.js";
import type { RecordKey, StoredRecord } from "../../ports/store.js";
import type { ReceivedControl, ReceiveFailure } from "../received.js";
import { type NeutralCodec, neutralCodec } from "./neutralRecord.js";

/** A device showed a key for the first time, or another one than before [O2-109]. */
export interface IdentityChange {
  readonly identity: OmemoIdentity;
  readonly isChangedKey: boolean;
  /** An earlier process died before it could tell of it, or no listener took it. */
  readonly isRedelivery?: boolean;
}

/** Something the application has to hear of, from the commit that made it so until it did. */
export type News =
  | { readonly event: "failure"; readonly payload: ReceiveFailure }
  | { readonly event: "identity"; readonly payload: IdentityChange }
  /** A transported key, which nothing brings a second time [L-49]. */
  | { readonly event: "control"; readonly payload: ReceivedControl };

export const newsPrefix: RecordKey = ["news"];

/** JSON knows no bytes: a transported key is stored as hex. */
type NewsRecord =
  | Exclude<News, { readonly event: "control" }>
  | {
      readonly event: "control";
      readonly payload: Omit<ReceivedControl, "key" | "iv">;
      readonly key: string | undefined;
      readonly iv: string | undefined;
    };

const recordCodec: NeutralCodec<NewsRecord> = neutralCodec(1);

export const newsCodec: NeutralCodec<News> = {
  encode: (news) => {
    if (news.event !== "control") return recordCodec.encode(news);
    const { key, iv, ...payload } = news.payload;
    return recordCodec.encode({
      event: "control",
      payload,
      key: key && toHex(key),
      iv: iv && toHex(iv),
    });
  },
  decode: (stored) => {
    const record = recordCodec.decode(stored);
    if (record.event !== "control") return record;
    const { event, payload, key, iv } = record;
    return { event, payload: { ...payload, key: bytesOf(key), iv: bytesOf(iv) } };
  },
};

function bytesOf(hex: string | undefined): Uint8Array | undefined {
  return hex === undefined ? undefined : fromHex(hex);
}

/** Where a failure lies; `id` names the event that it will be told in, as the `count`th of it. */
export function failureNewsKey(id: string, count: number): RecordKey {
  return ["news", "failure", id, String(count)];
}

export function identityNewsKey({ jid, deviceId, fingerprint }: OmemoIdentity): RecordKey {
  return ["news", "identity", jid, String(deviceId), fingerprint];
}

/** Where a transported key lies; `id` is the message's in this store. */
export function controlNewsKey(id: string): RecordKey {
  return ["news", "control", id];
}

/** Archived messages whose failure was told, so that reading them again is no news. */
export interface ToldFailuresRecord {
  /** Oldest first. */
  readonly names: readonly string[];
}

export const toldFailuresKey: RecordKey = ["told-failures"];
export const toldFailuresCodec: NeutralCodec<ToldFailuresRecord> = neutralCodec(1);

/** What is told together, and where it lies. */
export interface KeptNews {
  readonly keys: readonly RecordKey[];
  readonly news: News;
}

/** What an earlier run left: failures of one event are one again. */
export function leftNews(records: readonly StoredRecord[]): readonly KeptNews[] {
  const groups = new Map<string, (KeptNews & { readonly place: number })[]>();
  for (const record of records) {
    const news = newsCodec.decode(record);
    const [, , id = "", place] = record.key;
    const name = news.event === "failure" ? id : record.key.join(" ");
    const entry = { keys: [record.key], news, place: Number(place) };
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups.values()].map((group) => {
    group.sort((a, b) => a.place - b.place);
    const keys = group.flatMap((each) => each.keys);
    const failures = group.flatMap(({ news }) => (news.event === "failure" ? [news.payload] : []));
    const { news, place } = group.at(-1) as (typeof group)[0];
    return { keys, news: failures.length === 0 ? news : summaryOf(failures, place) };
  });
}

/** One event for several failures, the last of which it is about. */
export function summaryOf(
  failures: readonly ReceiveFailure[],
  count: number = failures.length,
): News {
  const last = failures.at(-1) as ReceiveFailure;
  if (count === 1) return { event: "failure", payload: last };
  const earlier = failures.slice(-MAX_LISTED, -1);
  return { event: "failure", payload: { ...last, count, earlier } };
}

/** Failures that one event lists; the oldest are only counted. */
export const MAX_LISTED = 50;
