import { nobleBackend } from "@omemo/backend-noble";
import {
  deviceId,
  type KeyPair,
  LEGACY,
  type OmemoBackend,
  type Opened,
  type SessionHead,
} from "@omemo/core";
import { PLAINTEXT } from "../workloads/workload.ts";

/** Both ends of a session in the middle of its life. */
export interface Conversation {
  readonly backend: OmemoBackend;
  readonly sender: SessionHead;
  readonly receiver: SessionHead;
}

const DEVICE_ID = deviceId(11);

/** Written in both directions, so that nothing is left of the exchange. */
export async function startConversation(): Promise<Conversation> {
  const backend = nobleBackend();
  const [alice, bob] = [await backend.generateIdentity(), await backend.generateIdentity()];
  const [signedPreKey, preKey] = (await backend.generateKeyPairs(2)) as [KeyPair, KeyPair];
  const initiated = await backend.initiate({
    version: LEGACY,
    identity: alice,
    deviceId: DEVICE_ID,
    bundle: {
      identityKey: backend.encodeIdentityKey(LEGACY, bob),
      signedPreKeyId: 1,
      signedPreKey: signedPreKey.publicKey,
      signedPreKeySignature: await backend.signPreKey(LEGACY, bob, signedPreKey.publicKey),
      preKeyId: 1,
      preKey: preKey.publicKey,
    },
    existing: undefined,
  });
  if (initiated.kind !== "initiated") throw new Error(`it is ${initiated.kind}`);
  const [first, exchange] = await seal(backend, initiated.change.head);
  const accepted = await backend.accept({
    version: LEGACY,
    identity: bob,
    deviceId: DEVICE_ID,
    signedPreKey,
    preKey,
    existing: undefined,
    message: exchange,
  });
  const [receiver, answer] = await seal(backend, openedOf(accepted).change.head);
  const sender = (await open(backend, first, answer)).change.head;
  return { backend, sender, receiver };
}

/** One message more, and the session behind it. */
export async function seal(
  backend: OmemoBackend,
  head: SessionHead,
): Promise<readonly [head: SessionHead, message: Uint8Array]> {
  const [sealed] = await backend.encryptFor([{ version: LEGACY, head, parts: [] }], PLAINTEXT);
  if (sealed === undefined) throw new Error("nothing was sealed");
  return [sealed.change.head, sealed.message];
}

/** @throws Error when the message cannot be opened. */
export async function open(
  backend: OmemoBackend,
  head: SessionHead,
  message: Uint8Array,
): Promise<Opened> {
  return openedOf(await backend.decrypt({ version: LEGACY, head, parts: [] }, message));
}

function openedOf(answer: { readonly kind: string }): Opened {
  if (answer.kind !== "opened") throw new Error(`it is ${answer.kind}`);
  return answer as Opened;
}
