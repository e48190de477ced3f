import { LEGACY } from "@omemo/core";
import { classifyKeyMaterial, openPayload } from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";

interface Layout {
  readonly keyMaterial: string;
  readonly payload: string;
}

interface PayloadVector {
  readonly iv: string;
  readonly plaintext: string;
  /** The tag is in the key material. */
  readonly current?: Layout;
  /** The tag is at the end of the payload. */
  readonly old?: Layout;
}

interface NegativeVector extends Layout {
  readonly iv: string;
  readonly note?: string;
}

/** `omemo-vectors/legacy-payload/1`. */
export interface LegacyPayloadFile {
  readonly vectors: readonly PayloadVector[];
  readonly negative?: readonly NegativeVector[];
  readonly keyTransport?: readonly { readonly keyMaterial: string }[];
}

export async function checkLegacyPayloads(
  checks: VectorChecks,
  { vectors, negative = [], keyTransport = [] }: LegacyPayloadFile,
): Promise<void> {
  for (const [index, { iv, plaintext, current, old }] of vectors.entries()) {
    for (const layout of [current, old]) {
      if (layout === undefined) continue;
      const opened = await openLegacy({ ...layout, iv });
      checks.check(`payload ${index}`, differs("the plaintext", opened, plaintext));
    }
  }
  for (const [index, vector] of negative.entries()) {
    const opened = await openLegacy(vector);
    const problem = opened === undefined ? undefined : "was opened";
    checks.check(`negative ${index} ${vector.note ?? ""}`, problem);
  }
  for (const [index, { keyMaterial }] of keyTransport.entries()) {
    checks.check(`key transport ${index}`, checkKeyTransport(keyMaterial));
  }
}

/** Outdated senders are accepted here: the vectors hold what they sent. */
export async function openLegacy(
  sealed: Layout & { readonly iv: string },
): Promise<Uint8Array | undefined> {
  const { keyMaterial, payload, iv } = sealed;
  const opened = await openPayload(
    crypto,
    LEGACY,
    { keyMaterial: hex(keyMaterial), payload: hex(payload), iv: hex(iv) },
    { acceptOutdatedSenders: true },
  );
  return opened.kind === "opened" ? opened.plaintext : undefined;
}

/** Only the key counts; what some senders put behind it does not. */
export function checkKeyTransport(keyMaterial: string): string | undefined {
  const meaning = classifyKeyMaterial(LEGACY, hex(keyMaterial));
  if (meaning.kind !== "key-transport") return `was taken as ${meaning.kind}`;
  return firstOf(differs("the key", meaning.key, keyMaterial.slice(0, 32)));
}
