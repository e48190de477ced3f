/** Time as the library sees it; a virtual one makes a run repeatable. */
export interface Clock {
  /** Ms since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The part of WebCrypto that payload encryption and ids need. */
export interface WebCrypto {
  getRandomValues<Target extends Uint8Array<ArrayBuffer>>(target: Target): Target;
  readonly subtle: Pick<
    SubtleCrypto,
    "importKey" | "encrypt" | "decrypt" | "sign" | "deriveBits" | "digest"
  >;
}
