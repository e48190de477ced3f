import { toHex, toUtf8 } from "@omemo/core";
import { fromBase64 } from "@omemo/core/wire";
import { differs } from "../compare.js";
import type { VectorChecks } from "../report.js";
import { checkKeyTransport, openLegacy } from "./legacyPayloads.js";

interface SpecCase {
  readonly name: string;
  readonly iv: string;
  readonly ratchet_plaintext: string;
  readonly payload_b64: string;
}

/** The vectors that come with the specification of the legacy version. */
export interface LegacySpecFile {
  readonly cases: readonly (SpecCase & { readonly body_utf8: string })[];
  readonly must_fail: readonly SpecCase[];
  readonly key_transport: readonly { readonly name: string; readonly ratchet_plaintext: string }[];
}

export async function checkLegacySpec(checks: VectorChecks, file: LegacySpecFile): Promise<void> {
  for (const vector of file.cases) {
    const problem = differs("the body", await open(vector), toHex(toUtf8(vector.body_utf8)));
    checks.check(vector.name, problem);
  }
  for (const vector of file.must_fail) {
    checks.check(vector.name, (await open(vector)) === undefined ? undefined : "was opened");
  }
  for (const { name, ratchet_plaintext } of file.key_transport) {
    checks.check(name, checkKeyTransport(ratchet_plaintext));
  }
}

function open(vector: SpecCase): Promise<Uint8Array | undefined> {
  const { iv, ratchet_plaintext: keyMaterial, payload_b64 } = vector;
  const payload = toHex(fromBase64(payload_b64, 4096) ?? new Uint8Array(0));
  return openLegacy({ iv, keyMaterial, payload });
}
