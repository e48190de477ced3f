import type {
  BareJid,
  FailureReason,
  Interests,
  OmemoDevice,
  OmemoErrorCode,
  Problem,
  Sent,
  Transport,
  TransportEvent,
  XmlElement,
} from "@omemo/core";
import type { Doom } from "./doom.js";

/** What a child is told on its command line. */
export interface ChildConfig {
  /** Name in the table of stores. */
  readonly store: string;
  /** Where the store lies, in the store's own terms. */
  readonly location: string;
  readonly account: string;
  readonly doom: Doom | undefined;
}

/** The requests of a transport: everything that a server answers. */
export type TransportMethod = Exclude<
  {
    [Name in keyof Transport]: Transport[Name] extends (...given: never[]) => Promise<unknown>
      ? Name
      : never;
  }[keyof Transport],
  "send"
>;

/** An `OmemoError` in transit. */
export interface CarriedError {
  readonly code: OmemoErrorCode;
  readonly message: string;
  readonly condition: string | undefined;
}

/** From the network's process to one of a device. */
export type ToChild =
  | { readonly kind: "event"; readonly event: TransportEvent }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: CarriedError }
  | { readonly kind: "send"; readonly to: string; readonly text: string }
  /** Deal with everything, close manager and store, end. */
  | { readonly kind: "finish" };

/** From a device's process to the network's. */
export type ToParent =
  | { readonly kind: "listen"; readonly interests: Interests }
  | {
      readonly kind: "request";
      readonly id: number;
      readonly method: TransportMethod;
      readonly given: readonly unknown[];
    }
  | { readonly kind: "stanza"; readonly stanza: XmlElement }
  | { readonly kind: "ready"; readonly device: OmemoDevice }
  | {
      readonly kind: "delivered";
      readonly id: string;
      readonly text: string;
      readonly isRedelivery: boolean;
    }
  /** The decryption behind this inbox record is durable. */
  | { readonly kind: "committed"; readonly inboxId: string }
  | { readonly kind: "conflict" }
  | {
      readonly kind: "failure";
      readonly reason: FailureReason;
      readonly from: BareJid;
      readonly originId: string | undefined;
    }
  | { readonly kind: "sent"; readonly text: string; readonly sent: Sent }
  | {
      readonly kind: "refused";
      readonly text: string;
      readonly error: CarriedError;
      readonly unsent: readonly XmlElement[];
    }
  | { readonly kind: "problem"; readonly what: Problem["what"]; readonly reason: string };
