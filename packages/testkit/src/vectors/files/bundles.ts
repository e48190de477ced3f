import { type DeviceId, OMEMO_2, type OmemoBackend, type OmemoVersion } from "@omemo/core";
import {
  type Bundle,
  fromBase64,
  isMalformed,
  parseXml,
  readBundle,
  readDeviceList,
} from "@omemo/core/wire";
import { differs, firstOf, hex } from "../compare.js";
import type { VectorChecks } from "../report.js";
import type { VectorSubject } from "../subject.js";
import { curveKey } from "../transcript/partyKeys.js";
import { backendOf } from "./backendOf.js";

interface BundleVector {
  readonly note?: string;
  readonly xml: string;
  readonly valid: boolean;
  readonly expect: {
    readonly identityKey: string;
    readonly signedPreKeyId: number;
    readonly signedPreKeyPublic: string;
    readonly signedPreKeySignature: string;
    readonly preKeys: readonly { readonly id: number; readonly public: string }[];
  } | null;
  /** Opinions may differ, so a refusal is right as well. */
  readonly recommended?: string;
}

interface DeviceListVector {
  readonly note?: string;
  readonly xml: string;
  readonly identityKeys?: Readonly<Record<string, string>>;
  /** With those labels only that may be shown. */
  readonly devices: readonly { readonly id: number; readonly label?: string }[];
}

/** `omemo-vectors/legacy-bundles/1` and `omemo-vectors/omemo2-bundles/1`. */
export interface BundleFile {
  readonly vectors: readonly BundleVector[];
  readonly deviceLists?: readonly DeviceListVector[];
}

export async function checkBundles(
  checks: VectorChecks,
  { vectors, deviceLists = [] }: BundleFile,
  subject: VectorSubject,
  version: OmemoVersion,
): Promise<void> {
  const backend = backendOf(subject);
  for (const [index, vector] of vectors.entries()) {
    const what = `bundle ${index} ${vector.note ?? ""}`;
    checks.check(what, await checkBundle(backend, version, vector));
  }
  for (const [index, vector] of deviceLists.entries()) {
    const what = `device list ${index} ${vector.note ?? ""}`;
    checks.check(what, await checkDeviceList(backend, vector));
  }
}

async function checkBundle(
  backend: OmemoBackend,
  version: OmemoVersion,
  { xml, valid, expect, recommended }: BundleVector,
): Promise<string | undefined> {
  const element = parseXml(xml);
  if (isMalformed(element)) return "the XML cannot be parsed";
  const bundle = readBundle(version, element);
  const isUsable = !isMalformed(bundle) && (await isSigned(backend, version, bundle));
  if (isUsable !== valid) {
    if (recommended !== undefined) return undefined;
    return isUsable ? "was accepted" : "was refused";
  }
  if (isMalformed(bundle) || expect === null || !valid) return undefined;
  const preKeys = bundle.preKeys.map(({ id, key }) => ({ id, public: key.join() }));
  const expected = expect.preKeys.map(({ id, public: key }) => ({
    id,
    public: curveKey(key).join(),
  }));
  return firstOf(
    differs("the identity key", bundle.identityKey, expect.identityKey),
    bundle.signedPreKeyId === expect.signedPreKeyId ? undefined : "another signed prekey id",
    bundle.signedPreKey.join() === curveKey(expect.signedPreKeyPublic).join()
      ? undefined
      : "another signed prekey",
    differs("the signature", bundle.signedPreKeySignature, expect.signedPreKeySignature),
    recommended !== undefined || JSON.stringify(preKeys) === JSON.stringify(expected)
      ? undefined
      : "other prekeys",
  );
}

/** Whether a session can be started with it, which takes a good signature. */
async function isSigned(
  backend: OmemoBackend,
  version: OmemoVersion,
  bundle: Bundle,
): Promise<boolean> {
  const [preKey] = bundle.preKeys;
  const answer = await backend.initiate({
    version,
    identity: await backend.generateIdentity(),
    deviceId: 1 as DeviceId,
    existing: undefined,
    bundle: { ...bundle, preKeyId: preKey?.id, preKey: preKey?.key },
  });
  return answer.kind === "initiated";
}

async function checkDeviceList(
  backend: OmemoBackend,
  { xml, identityKeys = {}, devices }: DeviceListVector,
): Promise<string | undefined> {
  const element = parseXml(xml);
  if (isMalformed(element)) return "the XML cannot be parsed";
  const list = readDeviceList(OMEMO_2, element);
  if (isMalformed(list)) return "was refused";
  const shown: { id: number; label?: string }[] = [];
  for (const { deviceId, label, labelSignature } of list.devices) {
    const identityKey = identityKeys[String(deviceId)];
    const signature = labelSignature && fromBase64(labelSignature, 64);
    const isTrue =
      label !== undefined &&
      identityKey !== undefined &&
      signature instanceof Uint8Array &&
      (await backend.verifyLabel(hex(identityKey), label, signature));
    shown.push(isTrue ? { id: deviceId, label } : { id: deviceId });
  }
  const actual = JSON.stringify(shown);
  return actual === JSON.stringify(devices) ? undefined : `devices ${actual}`;
}
