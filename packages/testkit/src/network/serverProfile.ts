/** Where servers differ, as far as clients above the level of single requests can tell. */
export interface ServerProfile {
  readonly name: string;
  /** What "as many as possible" means for the items of a node. */
  readonly maxItems: number;
  /** Answer to somebody without presence subscription who asks for a node that does not exist. */
  readonly missingNodeForStrangers: "item-not-found" | "forbidden";
  /** Whether the newest items are pushed at the moment a presence subscription is made. */
  readonly pushesOnSubscription: boolean;
  /** Whether an EME element alone, without store hint and body, gets a message archived. */
  readonly archivesEncryptionHint: boolean;
  /** Largest archive page, whatever the client asks for. */
  readonly maxArchivePage: number;
  /** Bytes; a longer stanza ends the stream. */
  readonly maxStanzaSize: number;
}

/** Prosody 0.12. */
export const PROSODY: ServerProfile = Object.freeze({
  name: "prosody",
  maxItems: 256,
  missingNodeForStrangers: "forbidden",
  pushesOnSubscription: true,
  archivesEncryptionHint: true,
  maxArchivePage: 50,
  maxStanzaSize: 262_144,
});

/** ejabberd 23. */
export const EJABBERD: ServerProfile = Object.freeze({
  name: "ejabberd",
  maxItems: 1000,
  missingNodeForStrangers: "item-not-found",
  pushesOnSubscription: false,
  archivesEncryptionHint: false,
  maxArchivePage: 250,
  maxStanzaSize: 262_144,
});
