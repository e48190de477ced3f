/** Bounds on what is read from others; each one caps work before it is done. [L-66, O2-25] */
export interface WireLimits {
  /** Devices taken from one list; an own list keeps the others when it is written again. */
  readonly maxDevices: number;
  /** Prekeys taken from one bundle; the others are ignored. */
  readonly maxPreKeys: number;
  /** `<encrypted/>` elements looked at in one message; the others are ignored. */
  readonly maxEncrypted: number;
  /** `<key/>` elements in one header; more refuse the element. */
  readonly maxKeys: number;
  /** `<key/>` elements for us that are handed on; each one costs an attempt to decrypt. */
  readonly maxOwnKeys: number;
  /** Bytes of one decoded `<key/>`. */
  readonly maxKeyBytes: number;
  /** Bytes of a decoded `<payload/>`. */
  readonly maxPayloadBytes: number;
  /** UTF-16 units of XML inside a payload. */
  readonly maxXmlLength: number;
  /** Levels of elements inside a payload. */
  readonly maxXmlDepth: number;
  /** Elements inside a payload. */
  readonly maxXmlElements: number;
  /** UTF-16 units of an id of a stanza; longer ones count as absent. */
  readonly maxIdLength: number;
}

/** What decoders go by unless they are told otherwise. */
export const DEFAULT_WIRE_LIMITS: WireLimits = Object.freeze({
  maxDevices: 200,
  maxPreKeys: 1000,
  maxEncrypted: 4,
  maxKeys: 2000,
  maxOwnKeys: 8,
  maxKeyBytes: 4096,
  maxPayloadBytes: 1_048_576,
  maxXmlLength: 1_048_576,
  maxXmlDepth: 64,
  maxXmlElements: 10_000,
  maxIdLength: 1024,
});
