import { fromHex } from "../../domain/bytes.js";
import type { OmemoFingerprint } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { ownFingerprint } from "../../session/records/accountRecord.js";
import { labelCodec } from "../../session/records/labelRecord.js";
import { labelKey } from "../../session/records/recordKeys.js";
import { fromBase64, toBase64 } from "../../wire/base64.js";
import type { DeviceList, DeviceListEntry } from "../../wire/deviceList.js";
import { edwardsForms } from "../../wire/edwardsForms.js";
import { checkLabel, shownLabel } from "../../wire/label.js";
import type { Context } from "../context.js";

/**
 * What a device calls itself [O2-27]. Only a `verified` label may be shown [O2-30], escaped, and it
 * proves nothing: it is the peer's own word [O2-33]. `unverified`: its key is not known yet [O2-31].
 */
export type DeviceLabel =
  | { readonly state: "verified"; readonly text: string }
  | { readonly state: "invalid" | "unsigned" | "unverified" };

/** Bytes of a signature. */
const SIGNATURE_LENGTH = 64;

/** The label of a list entry, checked against the key that the device shows now. */
export async function readLabel(
  context: Pick<Context, "backend">,
  { label = "", labelSignature }: Pick<DeviceListEntry, "label" | "labelSignature">,
  fingerprint: OmemoFingerprint | undefined,
): Promise<DeviceLabel | undefined> {
  if (label === "") return undefined;
  if (labelSignature === undefined) return { state: "unsigned" };
  if (fingerprint === undefined) return { state: "unverified" };
  const signature = fromBase64(labelSignature, SIGNATURE_LENGTH);
  const key = fromHex(fingerprint);
  if (signature?.length !== SIGNATURE_LENGTH || key === undefined) return { state: "invalid" };
  for (const form of edwardsForms(key)) {
    const isTrue = await context.backend.verifyLabel(form, label, signature);
    if (isTrue) return { state: "verified", text: shownLabel(label) };
  }
  return { state: "invalid" };
}

/** Our entry as it is to be published; a signature that holds is not made anew [O2-20, O2-29]. */
export async function ownEntry(
  context: Context,
  version: OmemoVersion,
  list: DeviceList,
): Promise<DeviceListEntry> {
  const { deviceId, identity } = context.account();
  const label = version === OMEMO_2 ? await ownLabel(context) : undefined;
  if (label === undefined) return { deviceId };
  const published = list.devices.find((entry) => entry.deviceId === deviceId);
  const { labelSignature } = published ?? {};
  if (published?.label === label && labelSignature !== undefined) {
    const own = ownFingerprint({ identity });
    const read = await readLabel(context, published, own);
    if (read?.state === "verified") return { deviceId, label, labelSignature };
  }
  const signature = await context.backend.signLabel(identity, label);
  return { deviceId, label, labelSignature: toBase64(signature) };
}

/** What {@link storeLabel} was given, else the option. */
async function ownLabel({ store, options }: Context): Promise<string | undefined> {
  const [stored] = await store.get([labelKey]);
  const text = stored === undefined ? options.label : labelCodec.decode(stored).text;
  return text === undefined || text === null ? undefined : checkLabel(text);
}

/** @throws OmemoError `invalid-input` for a label that cannot be signed, or without OMEMO 2. */
export async function storeLabel(context: Context, label: string | undefined): Promise<void> {
  if (!context.options.versions.includes(OMEMO_2)) {
    throw new OmemoError("invalid-input", "the legacy version knows no labels");
  }
  const text = label === undefined ? null : checkLabel(label);
  const put = [{ key: labelKey, value: labelCodec.encode({ text }) }];
  await context.store.commit({ check: [], put, delete: [] });
}
