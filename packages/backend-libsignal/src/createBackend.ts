import type { OmemoBackend, Opened, Refused, Session } from "@omemo/core";
import { LEGACY } from "@omemo/core";
import { decodeSignalMessage } from "@omemo/core/wire";
import { keyFunctions, requireLegacy } from "./keys/keyFunctions.js";
import { accept } from "./session/accept.js";
import { answerOpened } from "./session/answerOpened.js";
import { encryptFor } from "./session/encryptFor.js";
import { initiate } from "./session/initiate.js";
import { openInRecord, refuse } from "./session/openInRecord.js";
import { decodeHead } from "./session/sessionRecord.js";

/** The port, without what the caller has to agree to. */
export function createBackend({
  acceptWithoutPreKey = true,
}: {
  readonly acceptWithoutPreKey?: boolean;
}): OmemoBackend {
  return {
    id: "libsignal",
    versions: [LEGACY],
    ...keyFunctions(),
    async initiate(input) {
      requireLegacy(input.version);
      return initiate(input);
    },
    async accept(input) {
      requireLegacy(input.version);
      return accept(input, acceptWithoutPreKey);
    },
    encryptFor,
    decrypt,
  };
}

async function decrypt(session: Session, bytes: Uint8Array): Promise<Opened | Refused> {
  requireLegacy(session.version);
  const header = decodeSignalMessage(bytes);
  if (header.kind === "malformed") return refuse("malformed");
  const opened = await openInRecord(decodeHead(session), { header, bytes });
  return answerOpened(header, opened, { isNewSession: false, usedPreKey: false });
}
