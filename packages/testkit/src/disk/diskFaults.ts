import type { FaultMoment } from "../faultMoment.js";

/** When a disk fails; called with the number of the operation, from 0, over the disk's whole life. */
export interface DiskFaults {
  commit?(index: number): FaultMoment | undefined;
  read?(index: number): boolean;
}
