import type { GatherProgress } from "../../domain/gatherProgress.js";

/** How somebody waits for what is fetched. */
export interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: GatherProgress) => void) | undefined;
}

/** To be called for each thing that was fetched, or could not be. */
export function ticker(
  { onProgress }: GatherOptions,
  step: GatherProgress["step"],
  total: number,
): () => void {
  let done = 0;
  return () => {
    done += 1;
    onProgress?.({ step, done, total });
  };
}
