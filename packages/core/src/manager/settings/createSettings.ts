import { OmemoError } from "../../domain/error.js";
import type { OmemoBackend } from "../../ports/backend.js";
import type { OmemoOptions, OmemoSettings } from "../options.js";
import {
  type ResolvedOptions,
  type ResolvedSettings,
  resolveOptions,
  resolveSettings,
} from "./resolveOptions.js";

/** The options of a manager, and how some of them change while it lives. */
export interface Settings {
  /** Always what holds now: to be read when it is needed, not kept. */
  readonly options: ResolvedOptions;
  /** All of the change, or nothing. @throws OmemoError `invalid-input` */
  configure(change: OmemoSettings): void;
  /** A copy of what may change, as it is now. */
  current(): ResolvedSettings;
}

export function createSettings(given: OmemoOptions, backend: OmemoBackend): Settings {
  let asked: OmemoSettings = given;
  const options = resolveOptions(given, backend);
  const names = Object.keys(resolveSettings({}));
  return {
    options,
    configure: (change) => {
      const fixed = Object.keys(change).filter((name) => !names.includes(name));
      if (fixed.length > 0) {
        const text = `fixed for the life of a manager, or unknown: ${fixed.join(", ")}`;
        throw new OmemoError("invalid-input", text);
      }
      const wanted: OmemoSettings = {
        ...asked,
        ...change,
        rooms: { ...asked.rooms, ...change.rooms },
        limits: { ...asked.limits, ...change.limits },
      };
      const { limits, ...rest } = resolveSettings(wanted);
      asked = wanted;
      Object.assign(options.limits, limits);
      Object.assign(options, rest);
    },
    current: () => {
      const { versions, deviceId, label, clock, crypto, ...settings } = options;
      return { ...settings, rooms: { ...settings.rooms }, limits: { ...settings.limits } };
    },
  };
}
