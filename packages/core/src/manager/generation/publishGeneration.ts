import { isOmemoError } from "../../domain/error.js";
import { confirmGeneration } from "../../session/generation/generations.js";
import {
  type GenerationRecord,
  generationCodec,
  NO_GENERATION,
} from "../../session/records/generationRecord.js";
import { generationKey } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { type GenerationContext, publishMirror } from "./mirror.js";
import type { Settlement } from "./settle.js";

/** Other processes on our store may move it on while we publish: then theirs is published, too. */
const MAX_ROUNDS = 3;

/**
 * Shows the server what was committed, and notes that it did: only then may anybody send under it.
 * A server that refuses is put up with; the problem is told, and the next lease tries again.
 */
export async function publishGeneration(
  context: GenerationContext,
  { record, addedStarts }: Pick<Settlement, "record" | "addedStarts">,
  signal: AbortSignal | undefined,
): Promise<void> {
  let published = record;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const isMirrored = await tryPublish(context, published, signal);
    const starts = round === 0 ? addedStarts : 0;
    const stored = await confirm(context, published, isMirrored, starts);
    if (stored.number <= published.number) return;
    published = stored;
  }
}

async function tryPublish(
  context: GenerationContext,
  record: GenerationRecord,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await publishMirror(context, record, signal);
    return true;
  } catch (error) {
    if (!isOmemoError(error) || error.code !== "transport-failure") throw error;
    context.events.notify("problem", { what: "generation", error, willRetry: true });
    return false;
  }
}

function confirm(
  { store, mailbox }: GenerationContext,
  published: GenerationRecord,
  isMirrored: boolean,
  addedStarts: number,
): Promise<GenerationRecord> {
  const attempt = async (): Promise<GenerationRecord> => {
    const [stored] = await store.get([generationKey]);
    const before = stored === undefined ? NO_GENERATION : generationCodec.decode(stored);
    const after = { ...confirmGeneration(before, published, addedStarts), isMirrored };
    await store.commit({
      check: [{ key: generationKey, version: stored?.version }],
      put: [{ key: generationKey, value: generationCodec.encode(after) }],
      delete: [],
    });
    return after;
  };
  return mailbox.run(() => retryOnConflict(attempt));
}
