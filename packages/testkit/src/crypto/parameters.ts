import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

const HASHES = { "SHA-1": sha1, "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 };

/** Every field that one of the supported algorithms knows, with its hash by name. */
export interface Parameters {
  readonly name: string;
  readonly hash?: string;
  readonly iv?: Uint8Array<ArrayBuffer>;
  readonly additionalData?: Uint8Array<ArrayBuffer>;
  readonly tagLength?: number;
  readonly salt?: Uint8Array<ArrayBuffer>;
  readonly info?: Uint8Array<ArrayBuffer>;
}

/** What a caller passes as algorithm, in one form and copied. */
export function readParameters(algorithm: AlgorithmIdentifier): Parameters {
  if (typeof algorithm === "string") return { name: algorithm.toUpperCase() };
  const given: Readonly<Record<string, unknown>> = { ...algorithm };
  const bytes = (name: string) =>
    given[name] === undefined ? {} : { [name]: copyBytes(given[name] as BufferSource) };
  const { hash } = given as { hash?: string | { name: string } };
  return {
    name: algorithm.name.toUpperCase(),
    ...(hash === undefined ? {} : { hash: typeof hash === "string" ? hash : hash.name }),
    ...(given.tagLength === undefined ? {} : { tagLength: Number(given.tagLength) }),
    ...bytes("iv"),
    ...bytes("additionalData"),
    ...bytes("salt"),
    ...bytes("info"),
  };
}

/** @throws DOMException `NotSupportedError` for a hash that WebCrypto has not. */
export function hashNamed(name: string | undefined): typeof sha256 {
  const hash = HASHES[String(name).toUpperCase() as keyof typeof HASHES];
  if (hash === undefined) throw new DOMException(`unknown hash ${name}`, "NotSupportedError");
  return hash as typeof sha256;
}

/** Buffers and views of all kinds as bytes of our own. */
export function copyBytes(source: BufferSource): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return Uint8Array.from(view);
}
