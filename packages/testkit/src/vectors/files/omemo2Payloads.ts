import { OMEMO_2 } from "@omemo/core";
import { classifyKeyMaterial, openPayload } from "@omemo/core/wire";
import { differs, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";

interface Sealed {
  readonly keyMaterial: string;
  readonly payload: string;
  readonly note?: string;
}

/** `omemo-vectors/omemo2-payload/1`. */
export interface Omemo2PayloadFile {
  readonly vectors: readonly (Sealed & { readonly plaintext: string })[];
  readonly negative?: readonly Sealed[];
  readonly emptyMessage?: { readonly keyMaterial: string };
}

export async function checkOmemo2Payloads(
  checks: VectorChecks,
  { vectors, negative = [], emptyMessage }: Omemo2PayloadFile,
): Promise<void> {
  for (const [index, vector] of vectors.entries()) {
    const problem = differs("the plaintext", await openOmemo2(vector), vector.plaintext);
    checks.check(`payload ${index} ${vector.note ?? ""}`, problem);
  }
  for (const [index, vector] of negative.entries()) {
    const opened = await openOmemo2(vector);
    const problem = opened === undefined ? undefined : "was opened";
    checks.check(`negative ${index} ${vector.note ?? ""}`, problem);
  }
  if (emptyMessage !== undefined) {
    const { kind } = classifyKeyMaterial(OMEMO_2, hex(emptyMessage.keyMaterial));
    checks.check("empty message", kind === "empty" ? undefined : `was taken as ${kind}`);
  }
}

export async function openOmemo2({
  keyMaterial,
  payload,
}: Omit<Sealed, "note">): Promise<Uint8Array | undefined> {
  const sealed = { keyMaterial: hex(keyMaterial), payload: hex(payload) };
  const opened = await openPayload(crypto, OMEMO_2, sealed);
  return opened.kind === "opened" ? opened.plaintext : undefined;
}
