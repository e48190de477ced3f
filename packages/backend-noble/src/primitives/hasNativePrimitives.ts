import { equalBytes, fromHex } from "@omemo/core";
import { nativePrimitives } from "./nativePrimitives.js";

const PRIVATE_KEY: Uint8Array = new Uint8Array(32).fill(0x48);
const PUBLIC_KEY = "9177b23278cbf0f3d17c36f2acc9b55e9c85f87b220a5386ec370d663e20e337";
const OTHER_KEY: Uint8Array = new Uint8Array(32).fill(0x50);
const SHARED = "5bc3b51434fae042f4acf36e1bb9ea34dfd164097bfda1fbe0d8114e21924a7d";
/** RFC 8032 section 7.1, test 1: over the empty message. */
const SIGNER = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE =
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

/**
 * Whether `node:crypto` can do what we need of it, tried on known answers: other runtimes bring a
 * module of that name as well, and not all of it.
 */
export function hasNativePrimitives(): boolean {
  try {
    const { publicKey, agree, verify, hmac } = nativePrimitives();
    const shared = agree(PRIVATE_KEY, publicKey(OTHER_KEY));
    return (
      is(publicKey(PRIVATE_KEY), PUBLIC_KEY) &&
      is(shared, SHARED) &&
      hmac(PRIVATE_KEY, OTHER_KEY, OTHER_KEY).length === 32 &&
      verify(bytes(SIGNATURE), new Uint8Array(0), bytes(SIGNER)) &&
      !verify(bytes(SIGNATURE), OTHER_KEY, bytes(SIGNER))
    );
  } catch {
    return false;
  }
}

function is(actual: Uint8Array | undefined, expected: string): boolean {
  return actual !== undefined && equalBytes(actual, bytes(expected));
}

function bytes(hex: string): Uint8Array {
  return fromHex(hex) as Uint8Array;
}
