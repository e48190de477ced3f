import type { OmemoVersion } from "../../domain/version.js";
import type { GenerationRecord, MirrorValue } from "../records/generationRecord.js";

/**
 * Whether the mirror has seen more than this store: then the store is an older copy, or has a
 * twin. What is behind is a replay, or a publish that a crash kept from happening.
 */
export function isAhead(mirror: MirrorValue, { number, nonce }: GenerationRecord): boolean {
  return mirror.number > number || (mirror.number === number && mirror.nonce !== nonce);
}

/** What is meant for the mirror next. */
export function nextGeneration(
  record: GenerationRecord,
  mirror: MirrorValue | undefined,
  nonce: string,
  now: number,
): GenerationRecord {
  const number = Math.max(record.number, mirror?.number ?? 0) + 1;
  return { ...record, number, nonce, renewedAt: now };
}

/**
 * A copy taken between the commit of a number and the note of its publication cannot tell whether
 * the original went on: it may have finished a generation, begun to send anew and finished another.
 */
const STARTS_AFTER_DOUBT = 3;

/** After the mirror took `published`, or its refusal was put up with. */
export function confirmGeneration(
  record: GenerationRecord,
  published: GenerationRecord,
  addedStarts: number,
): GenerationRecord {
  const current = Math.max(record.current, published.number);
  return { ...record, current, starts: record.starts + addedStarts };
}

/** Slices of every sending chain that a process which begins to send leaves to its predecessors. */
export function startsFor(before: GenerationRecord): number {
  return before.number === before.current ? 1 : STARTS_AFTER_DOUBT;
}

/** As published; the identity's holder proves it with a MAC over this text. */
export function writeMirror({ number, nonce, keyIds }: MirrorValue): string {
  return JSON.stringify({ number, nonce, keyIds });
}

/** Of a text that was proved to be ours; `undefined` when it comes from another release. */
export function readMirror(text: string): MirrorValue | undefined {
  try {
    const { number, nonce, keyIds }: MirrorValue = JSON.parse(text);
    const isWhole = Number.isSafeInteger(number) && number > 0 && typeof nonce === "string";
    return isWhole && typeof keyIds === "object" ? { number, nonce, keyIds } : undefined;
  } catch {
    return undefined;
  }
}

/** Ids of a version that may have been given out by the time the mirror was published. */
export function keyIdsIn(
  mirror: MirrorValue | undefined,
  version: OmemoVersion,
): { readonly preKey: number; readonly signedPreKey: number } {
  const [preKey = 1, signedPreKey = 1] = mirror?.keyIds[version] ?? [];
  return { preKey, signedPreKey };
}
