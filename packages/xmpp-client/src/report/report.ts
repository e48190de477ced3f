/** Something that OMEMO needs of a server, or is better with. */
export type CheckCode =
  | "pep"
  | "publish-options"
  | "open-access"
  | "persistent-items"
  | "max-items"
  | "carbons"
  | "archive"
  | "archive-default"
  | "stream-management"
  | "rooms"
  | "room-settings"
  | "upload"
  | "upload-limit";

/** Where a line goes in a server's configuration, and the line. */
export interface ConfigurationLine {
  /** In the words of the server's own documentation: an option, a module, or a place in the file. */
  readonly where: string;
  readonly line: string;
}

/** What an administrator can do, for the two servers that most people run. */
export interface Remedy {
  readonly prosody: ConfigurationLine;
  readonly ejabberd: ConfigurationLine;
}

/**
 * What was found. `fine`: nothing to do. `poor`: it works, with the loss that `consequence` names.
 * `missing`: what needs it does not work. `unknown`: nobody could tell.
 */
export interface Check {
  readonly code: CheckCode;
  readonly state: "fine" | "poor" | "missing" | "unknown";
  /** What was seen, in one sentence. */
  readonly seen: string;
  /** What follows from it for OMEMO; absent when it is fine or unknown. */
  readonly consequence?: string;
  readonly remedy?: Remedy;
}

/** What a server can and cannot do for OMEMO; plain data, made for `JSON.stringify`. */
export interface ServerReport {
  readonly domain: string;
  readonly software: string | undefined;
  readonly softwareVersion: string | undefined;
  /** Whether something was published to see what comes of it, beside asking. */
  readonly isProbed: boolean;
  readonly checks: readonly Check[];
}
