import { LEGACY, OMEMO_2 } from "@omemo/core";
import type { VectorChecks } from "../report.js";
import type { VectorSubject } from "../subject.js";
import { replayTranscript } from "../transcript/replayTranscript.js";
import type { Transcript } from "../transcript/transcript.js";
import { type BundleFile, checkBundles } from "./bundles.js";
import { checkLegacyPayloads, type LegacyPayloadFile } from "./legacyPayloads.js";
import { checkLegacySpec, type LegacySpecFile } from "./legacySpec.js";
import { checkOmemo2Payloads, type Omemo2PayloadFile } from "./omemo2Payloads.js";
import { checkOmemo2Spec, type Omemo2SpecFile } from "./omemo2Spec.js";
import { checkSignatures, type SignatureFile } from "./signatures.js";
import { checkStanzas, type StanzaFile } from "./stanzas.js";
import { checkX3dh, type X3dhFile } from "./x3dh.js";
import { checkXEdDsa, type XEdDsaFile } from "./xeddsa.js";

/** Checks the content of one file, whatever its kind. */
export async function checkFile(
  checks: VectorChecks,
  content: unknown,
  subject: VectorSubject,
): Promise<void> {
  switch (formatOf(content)) {
    case "omemo-vectors/legacy-transcript/1":
    case "omemo-vectors/omemo2-transcript/1":
      return replayTranscript(checks, content as Transcript, subject);
    case "omemo-vectors/xeddsa/1":
      return checkXEdDsa(checks, content as XEdDsaFile, subject);
    case "omemo-vectors/legacy-x3dh/1":
      return checkX3dh(checks, content as X3dhFile, subject, LEGACY);
    case "omemo-vectors/omemo2-x3dh/1":
      return checkX3dh(checks, content as X3dhFile, subject, OMEMO_2);
    case "omemo-vectors/omemo2-signatures/1":
      return checkSignatures(checks, content as SignatureFile, subject);
    case "omemo-vectors/legacy-payload/1":
      return checkLegacyPayloads(checks, content as LegacyPayloadFile);
    case "omemo-vectors/omemo2-payload/1":
      return checkOmemo2Payloads(checks, content as Omemo2PayloadFile);
    case "omemo-vectors/legacy-bundles/1":
      return checkBundles(checks, content as BundleFile, subject, LEGACY);
    case "omemo-vectors/omemo2-bundles/1":
      return checkBundles(checks, content as BundleFile, subject, OMEMO_2);
    case "omemo-vectors/legacy-stanzas/1":
      return checkStanzas(checks, content as StanzaFile, subject, LEGACY);
    case "omemo-vectors/omemo2-stanzas/1":
      return checkStanzas(checks, content as StanzaFile, subject, OMEMO_2);
    case "omemo-2-vectors":
      return checkOmemo2Spec(checks, content as Omemo2SpecFile, subject);
    case "omemo-legacy-vectors":
      return checkLegacySpec(checks, content as LegacySpecFile);
    case "related-vectors":
      return checks.skip("the whole file", "no package makes files, links or trust messages yet");
    default:
      return checks.check("the file", "has a format that this runner does not know");
  }
}

/** The vectors that belong to the specifications name no format, but have keys of their own. */
function formatOf(content: unknown): string | undefined {
  if (typeof content !== "object" || content === null) return undefined;
  if ("format" in content) return String(content.format);
  if ("kdf_rk" in content && "session" in content) return "omemo-2-vectors";
  if ("must_fail" in content && "cases" in content) return "omemo-legacy-vectors";
  if ("aesgcm" in content) return "related-vectors";
  return undefined;
}
