import { OmemoError } from "../../domain/error.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { OmemoBackend } from "../../ports/backend.js";
import { DEFAULT_LIMITS, type OmemoLimits } from "../../session/limits.js";
import type { FixedOption, OmemoOptions, OmemoSettings, RoomPolicy } from "../options.js";
import { systemClock } from "../scheduling/systemClock.js";
import { checkSettings } from "./checkSettings.js";

/** The options that may change, complete. */
export interface ResolvedSettings extends Required<Omit<OmemoSettings, "rooms" | "limits">> {
  readonly rooms: Required<RoomPolicy>;
  readonly limits: OmemoLimits;
}

/**
 * All options, complete. There is one such object in a manager, and `configure` changes it: whoever
 * reads an option when it is needed reads what holds now.
 */
export interface ResolvedOptions
  extends ResolvedSettings,
    Required<Pick<OmemoOptions, Exclude<FixedOption, "deviceId" | "label">>> {
  readonly deviceId: number | undefined;
  readonly label: string | undefined;
}

/** What clients without OMEMO show in place of a legacy message [L-44]. */
export const DEFAULT_FALLBACK_BODY: string =
  "This message is encrypted with OMEMO, which your client does not support or has not set up.";

/** @throws OmemoError `invalid-input` */
export function resolveOptions(options: OmemoOptions, backend: OmemoBackend): ResolvedOptions {
  const versions = options.versions ?? [OMEMO_2, LEGACY].filter(speaks(backend));
  if (versions.length === 0 || !versions.every(speaks(backend))) {
    throw new OmemoError("invalid-input", "the backend does not speak the versions asked for");
  }
  const crypto = options.crypto ?? globalThis.crypto;
  if (crypto?.subtle === undefined) {
    throw new OmemoError("invalid-input", "no WebCrypto here: pass one as option `crypto`");
  }
  return {
    ...resolveSettings(options),
    versions,
    deviceId: options.deviceId,
    label: options.label,
    clock: options.clock ?? systemClock(),
    crypto,
  };
}

function speaks(backend: OmemoBackend): (version: OmemoVersion) => boolean {
  return (version) => backend.versions.includes(version);
}

/** @throws OmemoError `invalid-input` */
export function resolveSettings(settings: OmemoSettings): ResolvedSettings {
  const undecided = settings.undecided ?? "stop";
  const resolved: ResolvedSettings = {
    undecided,
    rooms: { requireMembersOnly: true, unreachable: "skip", undecided, ...settings.rooms },
    layout: settings.layout ?? "separate",
    fallbackBody: settings.fallbackBody ?? DEFAULT_FALLBACK_BODY,
    mayAnswer: settings.mayAnswer ?? (() => true),
    catchUp: settings.catchUp ?? true,
    acceptOutdatedSenders: settings.acceptOutdatedSenders ?? false,
    repairLegacySessions: settings.repairLegacySessions ?? true,
    limits: { ...DEFAULT_LIMITS, ...settings.limits },
  };
  checkSettings(resolved);
  return resolved;
}
