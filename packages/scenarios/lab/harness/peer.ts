import type { EventLog, LabEvent } from "./eventLog.js";
import type { LabAccount, LabServer } from "./startServer.js";

/** Where a client sits: which account and server, and which folder it keeps its state in. */
export interface Seat {
  readonly server: LabServer;
  readonly account: LabAccount;
  /** One resource and one folder for each device of the account. */
  readonly resource: string;
  readonly folder: string;
}

/** A text that a client opened. */
export interface ReceivedText {
  /** Of the stanza, where the program tells it. */
  readonly id: string | undefined;
  readonly body: string;
  /** Told again after a restart, because the first telling was not acknowledged in time. */
  readonly isRedelivery: boolean;
}

/** One run of one client, whatever program it is. */
export interface Peer {
  readonly deviceId: number;
  readonly log: EventLog;
  /** The text that this event tells of, if it tells of one. */
  readText(event: LabEvent): ReceivedText | undefined;
  /** What must not happen in any scenario: unreadable, invalid or plain messages, failures. */
  complaints(): readonly LabEvent[];
  /** Resolves once it knows this device, of its own account or another. */
  waitForDevice(jid: string, deviceId: number): Promise<void>;
  /** Encrypts and sends; resolves once the stanza is out. */
  send(to: string, body: string): Promise<void>;
  /** Makes a members-only room and these accounts members of it, and enters it. */
  makeRoom(room: string, members: readonly string[]): Promise<void>;
  enterRoom(room: string): Promise<void>;
  /** Encrypts for a room that it is in; resolves once the stanza is out. */
  sendToRoom(room: string, body: string): Promise<void>;
  /** The user throws away the sessions with all devices of `jid` and lets new ones be built. */
  replaceSessions(jid: string): Promise<void>;
  quit(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts a client and resolves once it is online and has published what others need. */
export type LaunchPeer = (seat: Seat) => Promise<Peer>;
