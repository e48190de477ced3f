import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import { legacyProfile } from "../ratchet/legacyProfile.js";
import { omemo2Profile } from "../ratchet/omemo2Profile.js";
import type { ProfileOptions } from "../ratchet/profile.js";
import { countWork } from "../ratchet/work.js";
import type { Context } from "../session/context.js";
import { rememberIdentities } from "../session/identities.js";
import type { ReplayOptions } from "./options.js";
import { pauseBriefly } from "./pause.js";
import { strongBytes } from "./strongBytes.js";

/** What the calls of one backend compute with, by version. */
export type Contexts = Readonly<Record<OmemoVersion, Context>>;

const ARCHIVED_SESSIONS = 40;

export function createContexts(primitives: Primitives, options: ReplayOptions): Contexts {
  const { limits = {}, pause = pauseBriefly, randomBytes = strongBytes() } = options;
  const shared = {
    primitives,
    randomBytes,
    work: countWork(pause),
    identities: rememberIdentities(),
    acceptsWithoutPreKey: options.acceptWithoutPreKey ?? true,
  };
  const archiveLimit = (version: OmemoVersion) =>
    limits[version]?.archivedSessions ?? ARCHIVED_SESSIONS;
  return {
    [LEGACY]: {
      ...shared,
      profile: legacyProfile(profileOptions(LEGACY, options), options.legacyVersionByte),
      archiveLimit: archiveLimit(LEGACY),
    },
    [OMEMO_2]: {
      ...shared,
      profile: omemo2Profile(profileOptions(OMEMO_2, options)),
      archiveLimit: archiveLimit(OMEMO_2),
    },
  };
}

function profileOptions(
  version: OmemoVersion,
  { limits = {}, previousCounter }: ReplayOptions,
): ProfileOptions {
  const { jump, heldKeys } = limits[version] ?? {};
  return {
    ...(jump === undefined ? {} : { jumpLimit: jump }),
    ...(heldKeys === undefined ? {} : { heldLimit: heldKeys }),
    ...(previousCounter === undefined ? {} : { previousCounter }),
  };
}
