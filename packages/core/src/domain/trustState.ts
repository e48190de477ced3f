/** `undecided` stops a send [O2-105]; only `trusted` receives content. */
export type TrustState = "undecided" | "untrusted" | "trusted";
