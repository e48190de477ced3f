import type { OmemoDevice, OmemoFingerprint } from "../../domain/device.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { ReceivedMessage } from "../../session/received.js";

/** Options of one request. */
export interface IqOptions {
  /** Gives up waiting; afterwards nobody hears of an answer. */
  readonly signal?: AbortSignal;
}

/** What an encrypted answer said, and whose device said it. */
export interface IqAnswer {
  /** May be empty: done, with nothing to tell. */
  readonly content: readonly XmlElement[];
  readonly device: OmemoDevice;
  readonly fingerprint: OmemoFingerprint;
  readonly warnings: ReceivedMessage["warnings"];
}

/** An encrypted request of another client; its sender is trusted. */
export interface IqRequest extends IqAnswer {
  /** Full address of the client, as the server attests. */
  readonly from: string;
  readonly type: "get" | "set";
}

/**
 * Resolves to the content of the answer, or to `undefined` when it serves no such request. What it
 * throws becomes a `problem`, and for the client that asked `internal-server-error`.
 */
export type IqHandler = (
  request: IqRequest,
) => Promise<readonly XmlElement[] | undefined> | readonly XmlElement[] | undefined;
