import type { ServerBehaviour } from "../network/serverBehaviour.js";
import type { SeededRandom } from "../random/seededRandom.js";

/** A server that tells the messages of each archive page in another order than they were sent in. */
export function shuffleArchive(random: SeededRandom): ServerBehaviour {
  return {
    archive: (_query, _by, page) => ({ ...page, messages: random.shuffle(page.messages) }),
  };
}
