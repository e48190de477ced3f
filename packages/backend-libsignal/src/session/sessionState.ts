import { equalBytes } from "@omemo/core";
import { deserializeKey } from "@omemo/core/wire";
import { bytesOf, type Field, numberOf, readFields, writeFields } from "./protobuf.js";

/** One session of the library, serialized, and what this backend has to know of it. */
export interface SessionState {
  /** As the library wrote it. */
  readonly bytes: Uint8Array;
  /** The peer's identity key, 32 bytes: the only source of the sender's identity [W-65, W-90]. */
  readonly peerIdentity: Uint8Array;
  /** Names the exchange that it was built from, 32 bytes [section 9]. */
  readonly baseKey: Uint8Array;
  readonly receiving: readonly ReceivingChain[];
}

/** A chain of keys for messages of the peer; both keys have 32 bytes. */
export interface ReceivingChain {
  readonly ratchetKey: Uint8Array;
  readonly key: Uint8Array;
  /** Of the next message. */
  readonly counter: number;
}

/** Field numbers inside a state, a receiving chain and a chain key. */
const PEER_IDENTITY = 3;
const RECEIVING_CHAIN = 7;
const BASE_KEY = 13;
const RATCHET_KEY = 1;
const CHAIN_KEY = 3;
const COUNTER = 1;
const KEY = 2;

/** `undefined` for bytes that are no state. */
export function readState(bytes: Uint8Array): SessionState | undefined {
  const fields = readFields(bytes);
  const peerIdentity = keyOf(fields, PEER_IDENTITY);
  const baseKey = keyOf(fields, BASE_KEY);
  if (fields === undefined || peerIdentity === undefined || baseKey === undefined) return undefined;
  const receiving: ReceivingChain[] = [];
  for (const { number, value } of fields) {
    if (number !== RECEIVING_CHAIN) continue;
    const chain = readChain(value);
    if (chain === undefined) return undefined;
    receiving.push(chain);
  }
  return { bytes, peerIdentity, baseKey, receiving };
}

/** The chain of that ratchet key; `undefined` for an unknown one. */
export function chainOf(state: SessionState, ratchetKey: Uint8Array): ReceivingChain | undefined {
  return state.receiving.find((chain) => equalBytes(chain.ratchetKey, ratchetKey));
}

/** The state with one of its chains further on; the keys that it holds stay as they are. */
export function withChain({ bytes }: SessionState, chain: ReceivingChain): Uint8Array {
  const chainKey = writeFields([
    { number: COUNTER, value: chain.counter },
    { number: KEY, value: chain.key },
  ]);
  const fields = (readFields(bytes) ?? []).map((field) => {
    const { number, value } = field;
    if (number !== RECEIVING_CHAIN || typeof value === "number") return field;
    const inside = readFields(value) ?? [];
    if (!equalBytes(keyOf(inside, RATCHET_KEY) ?? bytes, chain.ratchetKey)) return field;
    const others = inside.filter((each) => each.number !== CHAIN_KEY);
    return { number, value: writeFields([...others, { number: CHAIN_KEY, value: chainKey }]) };
  });
  return writeFields(fields);
}

function readChain(value: number | Uint8Array): ReceivingChain | undefined {
  const fields = typeof value === "number" ? undefined : readFields(value);
  const ratchetKey = keyOf(fields, RATCHET_KEY);
  const chainKey = readFields(bytesOf(fields, CHAIN_KEY) ?? new Uint8Array(0)) ?? [];
  const key = bytesOf(chainKey, KEY);
  if (ratchetKey === undefined || key === undefined) return undefined;
  return { ratchetKey, key, counter: numberOf(chainKey, COUNTER) };
}

function keyOf(fields: readonly Field[] | undefined, number: number): Uint8Array | undefined {
  const serialized = bytesOf(fields, number);
  return serialized && deserializeKey(serialized);
}
