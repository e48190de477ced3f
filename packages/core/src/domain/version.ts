/** Namespace of an OMEMO version: XEP-0384 0.3.0 ("legacy") and XEP-0384 0.9 ("OMEMO 2"). */
export type OmemoVersion = "eu.siacs.conversations.axolotl" | "urn:xmpp:omemo:2";

/** XEP-0384 0.3.0, what nearly every deployed client speaks. */
export const LEGACY: "eu.siacs.conversations.axolotl" = "eu.siacs.conversations.axolotl";
/** XEP-0384 0.9. */
export const OMEMO_2: "urn:xmpp:omemo:2" = "urn:xmpp:omemo:2";
