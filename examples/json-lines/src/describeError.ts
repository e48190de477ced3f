import { isOmemoError } from "@omemo/core";
import { serialize } from "@omemo/core/wire";

/** The fields of a `failed` event. What was encrypted and did not leave can be sent by `raw`. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!isOmemoError(error)) return { error: error instanceof Error ? error.message : `${error}` };
  const { code, message, identities, unsent } = error;
  const keys = identities.map(({ jid, deviceId, fingerprint }) => {
    return { jid, device: deviceId, key: fingerprint };
  });
  return {
    error: `${code}: ${message}`,
    ...(keys.length > 0 && { identities: keys }),
    ...(unsent.length > 0 && { unsent: unsent.map(serialize) }),
  };
}
