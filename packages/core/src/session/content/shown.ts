import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { type NeutralCodec, neutralCodec } from "../records/neutralRecord.js";

/** Short names of the last messages of one device, by the version in which they came. */
export type ShownRecord = Readonly<Partial<Record<OmemoVersion, readonly string[]>>>;

export const shownCodec: NeutralCodec<ShownRecord> = neutralCodec(1);

/**
 * The halves of a message stand side by side in a stream; between them lies what others say, and a
 * page where archives are read backwards.
 */
const MAX_REMEMBERED = 64;

/** What to remember of a message, and whether the other version said it before. */
export interface ShownPlan {
  readonly isRepeated: boolean;
  readonly after: ShownRecord;
}

/**
 * Some clients encrypt one message for one device in both versions. They share an origin id; one with
 * the same id in the same version is another message of a careless client [O2-178, O2-179, MAM-07].
 */
export function planShown(
  before: ShownRecord | undefined,
  version: OmemoVersion,
  originId: string,
): ShownPlan {
  const name = shortName(originId);
  const other = version === OMEMO_2 ? LEGACY : OMEMO_2;
  const isRepeated = before?.[other]?.includes(name) ?? false;
  const names = [name, ...(before?.[version] ?? [])].slice(0, MAX_REMEMBERED);
  return { isRepeated, after: { ...before, [version]: names } };
}

/** FNV-1a over two halves, 64 bits: short enough to keep many, and nobody gains by a collision. */
function shortName(id: string): string {
  let [high, low] = [0x811c9dc5, 0xcbf29ce4];
  for (let index = 0; index < id.length; index += 1) {
    high = Math.imul(high ^ id.charCodeAt(index), 0x01000193);
    low = Math.imul(low ^ (id.charCodeAt(index) + index), 0x01000193);
  }
  return (high >>> 0).toString(36) + (low >>> 0).toString(36);
}
