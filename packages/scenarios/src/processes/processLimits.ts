import type { OmemoLimits } from "@omemo/core";

/** Few prekeys, so that hundreds of processes start quickly and their bundles still run low. */
export const PROCESS_LIMITS: Partial<OmemoLimits> = { preKeyCount: 10, failureWindow: 0 };
