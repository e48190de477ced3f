import { equalBytes, toUtf8 } from "../../domain/bytes.js";
import { LEGACY, OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import { readMirror, writeMirror } from "../../session/generation/generations.js";
import type { GenerationRecord, MirrorValue } from "../../session/records/generationRecord.js";
import { keyIdsCodec } from "../../session/records/preKeyRecord.js";
import { keyIdsKey } from "../../session/records/recordKeys.js";
import { GENERATION_NODE, readGeneration, writeGeneration } from "../../wire/generation.js";
import type { Context } from "../context.js";
import { within } from "../scheduling/within.js";

/** What the parts of this folder need of a manager. */
export type GenerationContext = Omit<Context, "generation" | "catchUp" | "catchUpMode" | "rooms">;

/** What the server shows: `undefined` when it shows nothing that we wrote. */
export async function fetchMirror(
  context: GenerationContext,
  signal?: AbortSignal,
): Promise<MirrorValue | undefined> {
  const { jid, deviceId } = context.account();
  const payload = await within(context, signal, (until) =>
    context.transport.fetchItem(jid, GENERATION_NODE, String(deviceId), until),
  );
  return payload && openMirror(context, payload);
}

/**
 * A server can keep an old value, or none, but cannot make one: whatever lacks the proof is none.
 */
export async function openMirror(
  context: GenerationContext,
  payload: XmlElement,
): Promise<MirrorValue | undefined> {
  const item = readGeneration(payload);
  if (item === undefined) return undefined;
  const mac = await authenticate(context, item.text);
  return equalBytes(mac, item.mac) ? readMirror(item.text) : undefined;
}

/** @throws OmemoError of the transport. */
export async function publishMirror(
  context: GenerationContext,
  { number, nonce }: GenerationRecord,
  signal?: AbortSignal,
): Promise<void> {
  const text = writeMirror({ number, nonce, keyIds: await givenOut(context) });
  const payload = writeGeneration({ text, mac: await authenticate(context, text) });
  const itemId = String(context.account().deviceId);
  const options = { access: "private", maxItems: "max" } as const;
  await within(context, signal, () =>
    context.transport.publishItem(GENERATION_NODE, itemId, payload, options),
  );
}

async function givenOut({ store }: GenerationContext): Promise<MirrorValue["keyIds"]> {
  const versions: readonly OmemoVersion[] = [OMEMO_2, LEGACY];
  const stored = await store.get(versions.map(keyIdsKey));
  const entries = versions.flatMap((version, index) => {
    const record = stored[index];
    if (record === undefined) return [];
    const { nextPreKeyId, nextSignedPreKeyId } = keyIdsCodec.decode(record);
    return [[version, [nextPreKeyId, nextSignedPreKeyId]] as const];
  });
  return Object.fromEntries(entries);
}

const HMAC = { name: "HMAC", hash: "SHA-256" };
const KEY_PURPOSE = "@omemo/core generation mirror 1";

/** Under a key that only holders of the identity key have, and that serves nothing else. */
async function authenticate(context: GenerationContext, text: string): Promise<Uint8Array> {
  const { jid, deviceId, identity } = context.account();
  const key = await mac(context, identity.privateKey, toUtf8(KEY_PURPOSE));
  return mac(context, key, toUtf8(`${jid} ${deviceId} ${text}`));
}

async function mac(
  { crypto: { subtle } }: GenerationContext,
  key: Uint8Array,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const imported = await subtle.importKey("raw", new Uint8Array(key), HMAC, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, message));
}
