import type { Transport } from "@omemo/core";

/** The connection of one device, with a hand on its plug. */
export interface Line {
  readonly transport: Transport;
  /** No network: the server keeps what comes, and the stream can be resumed. */
  cut(): Promise<void>;
  /** The network is back. */
  restore(): Promise<void>;
  /** The device is gone without a word. */
  kill(): Promise<void>;
  /** Says goodbye to the server. */
  close(): Promise<void>;
}

/** Where the story takes place. The story itself does not know which it is. */
export interface Surroundings {
  /** Goes on after "on", for example "a real Prosody". */
  readonly name: string;
  /** The account of a person. */
  addressOf(person: string): string;
  /** Resolves with the connection of a device that is online. */
  logIn(person: string, device: string): Promise<Line>;
  close(): Promise<void>;
}
