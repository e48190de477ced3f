import type { OmemoBackend } from "@omemo/core";
import { assertEqual } from "../assertions.js";

/** The backend, and a look at every byte it was given before and after each call. */
export function watchInputs(backend: OmemoBackend): OmemoBackend {
  const watch = async <Answer>(
    call: string,
    input: unknown,
    answer: () => Promise<Answer>,
  ): Promise<Answer> => {
    const before = structuredClone(input);
    const result = await answer();
    assertEqual(input, before, `${call} changed its input`);
    return result;
  };
  return {
    ...backend,
    signPreKey: (version, identity, preKey) =>
      watch("signPreKey", [identity, preKey], () => backend.signPreKey(version, identity, preKey)),
    initiate: (input) => watch("initiate", input, () => backend.initiate(input)),
    accept: (input) => watch("accept", input, () => backend.accept(input)),
    encryptFor: (sessions, plaintext) =>
      watch("encryptFor", [sessions, plaintext], () => backend.encryptFor(sessions, plaintext)),
    decrypt: (session, message) =>
      watch("decrypt", [session, message], () => backend.decrypt(session, message)),
  };
}
