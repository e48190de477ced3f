import { type OmemoBackend, type RefusalReason, toHex } from "@omemo/core";

/** Tells of every message that was looked at and refused, also where the process dies before it can. */
export function witnessBackend(
  backend: OmemoBackend,
  refused: (message: string, reason: RefusalReason) => void,
): OmemoBackend {
  const watch = <Answer extends { readonly kind: string; readonly reason?: RefusalReason }>(
    message: Uint8Array,
    answer: Answer,
  ): Answer => {
    if (answer.reason !== undefined) refused(toHex(message), answer.reason);
    return answer;
  };
  return {
    ...backend,
    accept: async (input) => watch(input.message, await backend.accept(input)),
    decrypt: async (session, message) => watch(message, await backend.decrypt(session, message)),
  };
}
