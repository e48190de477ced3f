import type { IntendedDevice, SkippedDevice } from "./delivery.js";
import type { XmlElement } from "./xmlElement.js";

/** What became of a message; its ratchet state is durable. */
export interface Sent {
  /** Origin id of all stanzas. */
  readonly id: string;
  /**
   * What leaves, in this order: one stanza per version, or one for all (option `layout`); before them,
   * while archives are read, empty messages for sessions that have to move on first [O2-142].
   */
  readonly stanzas: readonly XmlElement[];
  /** Every device, as `plan` lists them: first those that can read it, then the skipped ones. */
  readonly devices: readonly (IntendedDevice | SkippedDevice)[];
  /** Those of {@link devices} that can read it. */
  readonly intendedDevices: readonly IntendedDevice[];
  /** Those of {@link devices} that cannot, and why. */
  readonly skippedDevices: readonly SkippedDevice[];
  /**
   * Elements of the content, as `{namespace}name`, that those intended devices do not receive whose
   * version is the legacy one: it encrypts a body and nothing else [O2-180]. Empty without such.
   */
  readonly lostInLegacy: readonly string[];
}
