import type {
  ReceivedControl,
  ReceivedMessage,
  ReceivedStanza,
  ReceiveFailure,
} from "../../session/received.js";

/** What a message stanza turned out to be. */
export type Reception =
  /** Decrypted; the event `message` hands it over. */
  | { readonly kind: "message"; readonly message: ReceivedMessage }
  | { readonly kind: "control"; readonly control: ReceivedControl }
  /** It was decrypted before [O2-132]. */
  | { readonly kind: "duplicate"; readonly about: ReceivedStanza }
  /** This device wrote it, and never encrypts for itself [MAM-10]. */
  | { readonly kind: "own"; readonly about: ReceivedStanza }
  | { readonly kind: "failure"; readonly failure: ReceiveFailure }
  /** Nothing of ours in it. */
  | { readonly kind: "plain" };
