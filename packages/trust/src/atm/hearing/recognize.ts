import { fromHex, type OmemoIdentity } from "@omemo/core";
import { nameOf, type Statement } from "../rules/statement.js";
import { readKeyId } from "../wire/keyId.js";

/**
 * A device shows a key: what was said before of a key identifier that is its Curve25519 form was said
 * of this key [TM-02, ATM-07]. The other forms need nothing: they name the key already.
 */
export function recognize(
  shown: OmemoIdentity,
  statements: readonly Statement[],
): readonly Statement[] {
  const { jid } = shown;
  const mistaken = readKeyId(fromHex(shown.fingerprint) ?? new Uint8Array(0))?.fingerprint;
  if (mistaken === undefined) return statements;
  const name = nameOf({ jid, fingerprint: mistaken });
  return statements.map((statement) =>
    nameOf(statement.subject) === name ? { ...statement, subject: shown } : statement,
  );
}
