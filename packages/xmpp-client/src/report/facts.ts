/** What an entity says of itself (XEP-0030): identities as `category/type`, and fields of its forms. */
export interface Described {
  readonly jid: string;
  readonly identities: readonly string[];
  readonly features: readonly string[];
  /** Values of the fields in forms beside it (XEP-0128). */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/** What came of publishing to a node of our own, made for the purpose and deleted at the end. */
export interface ProbeOutcome {
  /** With publish-options for an open node whose items stay: taken, or the condition of the refusal. */
  readonly publish: "taken" | "precondition-not-met" | "refused";
  /** What was published could be read again. */
  readonly isKept: boolean;
  /** Access model that the owner's form shows afterwards; `undefined` where there is no form. */
  readonly accessModel: string | undefined;
  /**
   * Items that the node kept of the two that were published, once it was asked to keep as many as
   * possible.
   */
  readonly itemsKept: number;
  /** What it says it keeps at most; `undefined` where it does not say. */
  readonly maxItems: string | undefined;
  /** It took `max` together with the publication. */
  readonly takesMaxAtOnce: boolean;
}

/** All that the rules look at. */
export interface ServerFacts {
  readonly domain: string;
  /** As the server calls itself; `undefined` when it does not say. */
  readonly software: string | undefined;
  readonly softwareVersion: string | undefined;
  /** `undefined`: it gave no answer. */
  readonly server: Described | undefined;
  /** The own account, by its bare address. */
  readonly account: Described | undefined;
  /** What the server lists as its services; those that answered. */
  readonly services: readonly Described[];
  /** Stream management is on. */
  readonly isManaged: boolean;
  /** What the archive keeps unless told otherwise (XEP-0313 §7). */
  readonly archives: "always" | "roster" | "never" | undefined;
  /** The room that was to be looked at, and what it says; `room` undefined when there was none. */
  readonly room: Described | "silent" | undefined;
  /** `undefined`: probing was not allowed. `failed`: it could not be done at all. */
  readonly probe: ProbeOutcome | "failed" | undefined;
}

/** Whether an entity announces a feature. */
export function has(entity: Described | undefined, feature: string): boolean {
  return entity?.features.includes(feature) === true;
}
