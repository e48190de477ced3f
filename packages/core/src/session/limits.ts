/** Bounds on what a peer or a server can make us do, and the periods of our own housekeeping. */
export interface OmemoLimits {
  /** Devices of one account that are looked at [O2-25]. */
  readonly maxDevicesPerAccount: number;
  /**
   * Devices that may begin to talk to us within a day, of whatever accounts; first words of more are
   * refused, and stay readable in the archive. `Infinity`: no end.
   */
  readonly maxNewDevicesPerDay: number;
  /** Pushed lists that are kept although there was none of that account; others are fetched. */
  readonly maxNewListsPerDay: number;
  /** Devices that one message is encrypted for [O2-25]. */
  readonly maxDevicesPerMessage: number;
  /** Bytes of a stanza, as servers limit them; a message for more devices becomes several [L-46]. */
  readonly maxStanzaBytes: number;
  /** Prekeys that a bundle of ours holds [O2-38, L-15]. */
  readonly preKeyCount: number;
  /** Age in ms at which our signed prekey is replaced, and how long the old one lives on [O2-46]. */
  readonly signedPreKeyPeriod: number;
  /** Age in ms up to which a device list is used without asking again [O2-161]. */
  readonly deviceListMaxAge: number;
  /**
   * Messages of OMEMO 2 without an answer after which nothing more is encrypted for a device until it
   * is heard from; those that are encrypted at the same time may exceed it. `Infinity`: no end
   * [O2-173].
   */
  readonly maxUnanswered: number;
  /**
   * The same for the legacy version, whose clients send no heartbeat: a program that only speaks, to
   * people who only read, needs more of them, or no end.
   */
  readonly maxUnansweredLegacy: number;
  /** Time in ms without a sign of life after which a device counts as stale [O2-174]. */
  readonly staleDeviceAge: number;
  /** Time in ms after which a device that no list names, and that is silent, is forgotten [O2-172]. */
  readonly forgetDeviceAge: number;
  /** How long in ms a device without usable bundle is left alone [O2-39b]. */
  readonly bundleFailurePause: number;
  /** Bundles and device lists fetched at the same time. */
  readonly parallelFetches: number;
  /** How long in ms one fetch may take while a message waits for it. */
  readonly fetchTimeout: number;
  /** Message counter from which a heartbeat is due [O2-139]. */
  readonly heartbeatCounter: number;
  /**
   * Sessions started by ourselves for a device whose messages we cannot read: one in this many ms, or
   * another one once a message decrypts again [O2-131, L-77].
   */
  readonly repairPeriod: number;
  /** How long in ms prekeys that were used while archives are read may stay [O2-145]. */
  readonly catchUpPeriod: number;
  /** At most so many in `repairPeriod`, also when messages decrypt in between [L-77]. */
  readonly maxRepairsPerPeriod: number;
  /** Devices of which nothing is known, of whatever accounts, for which it happens in that time. */
  readonly maxStrangersRepaired: number;
  /** Automatic answers to one device within `repairPeriod` [O2-136]. */
  readonly maxAnswersPerPeriod: number;
  /** Publishing the own list again after somebody removed us, until the next login [L-08]. */
  readonly maxRepublishes: number;
  /** Messages that wait for a listener; more are refused, and stay readable in the archive. */
  readonly maxInbox: number;
  /** Stanzas that wait for their turn; what comes then is read from the archive afterwards. */
  readonly maxQueue: number;
  /** Bundles published in a minute, however many prekeys were used in it [O2-125]. */
  readonly maxBundlesPerMinute: number;
  /** Encrypted requests that are answered at the same time; others are sent away. */
  readonly maxRequestsAtOnce: number;
  /** Messages that wait while listening is paused; more are left in the archive. */
  readonly maxWhilePaused: number;
  /** Rooms that we are in at a time; others are not taken notice of. */
  readonly maxRooms: number;
  /** Messages of one room that wait until it said who its members are. */
  readonly maxWaitingInRoom: number;
  /** Key exchanges that are remembered as used up [O2-134]. */
  readonly maxRememberedExchanges: number;
  /** How far in ms an SCE time stamp may be off before the message is flagged [O2-96]. */
  readonly timeTolerance: number;
  /** How long in ms the notice "not for this device" waits for the other stanza [O2-179]. */
  readonly noticeDelay: number;
  /** How long in ms further failures of one device are collected into one event; 0: not at all. */
  readonly failureWindow: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Defaults, each from the specification or from what deployed clients do. */
export const DEFAULT_LIMITS: OmemoLimits = Object.freeze({
  maxDevicesPerAccount: 200,
  maxNewDevicesPerDay: 10_000,
  maxNewListsPerDay: 10_000,
  maxDevicesPerMessage: 1000,
  maxStanzaBytes: 196_608,
  preKeyCount: 100,
  signedPreKeyPeriod: 14 * DAY,
  deviceListMaxAge: 60 * MINUTE,
  maxUnanswered: 106, // twice the heartbeat's counter
  maxUnansweredLegacy: 400,
  staleDeviceAge: 42 * DAY,
  forgetDeviceAge: 84 * DAY,
  bundleFailurePause: MINUTE,
  parallelFetches: 8,
  fetchTimeout: 30_000,
  heartbeatCounter: 53,
  repairPeriod: DAY,
  catchUpPeriod: 30 * MINUTE,
  maxRepairsPerPeriod: 3,
  maxStrangersRepaired: 100,
  maxAnswersPerPeriod: 20,
  maxRepublishes: 3,
  maxInbox: 10_000,
  maxQueue: 5000,
  maxBundlesPerMinute: 20,
  maxRequestsAtOnce: 100,
  maxWhilePaused: 1000,
  maxRooms: 500,
  maxWaitingInRoom: 1000,
  maxRememberedExchanges: 1000,
  timeTolerance: 10 * MINUTE,
  noticeDelay: 10_000,
  failureWindow: 10_000,
});
