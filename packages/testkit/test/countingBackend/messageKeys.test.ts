import { deviceId, OMEMO_2, type OmemoBackend, type Session, toUtf8 } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { countingBackend, messageKeys } from "../../src/index.js";

const VERSION = OMEMO_2;

/** Alice with a session to Bob, and what Bob accepts an exchange with; both count together. */
async function pair() {
  const keys = messageKeys();
  const [alices, bobs] = [countingBackend({ keys }), countingBackend({ keys })];
  const identity = await alices.generateIdentity();
  const bob = await bobs.generateIdentity();
  const [signedPreKey, preKey] = await bobs.generateKeyPairs(2);
  if (signedPreKey === undefined || preKey === undefined) throw new RangeError("two pairs");
  const initiated = await alices.initiate({
    version: VERSION,
    identity,
    deviceId: deviceId(11),
    existing: undefined,
    bundle: {
      identityKey: bobs.encodeIdentityKey(VERSION, bob),
      signedPreKeyId: 1,
      signedPreKey: signedPreKey.publicKey,
      signedPreKeySignature: await bobs.signPreKey(VERSION, bob, signedPreKey.publicKey),
      preKeyId: 1,
      preKey: preKey.publicKey,
    },
  });
  if (initiated.kind !== "initiated") throw new RangeError(initiated.kind);
  const session: Session = { version: VERSION, head: initiated.change.head, parts: [] };
  const read = (message: Uint8Array) => {
    const own = { version: VERSION, identity: bob, deviceId: deviceId(22), signedPreKey, preKey };
    return bobs.accept({ ...own, existing: undefined, message });
  };
  return { keys, session, seal: (text: string) => sealIn(alices, session, text), read };
}

async function sealIn(backend: OmemoBackend, session: Session, text: string) {
  const [sealed] = await backend.encryptFor([session], toUtf8(text));
  if (sealed === undefined) throw new RangeError("one answer");
  return sealed.message;
}

describe("messageKeys", () => {
  it("takes no offence at what was encrypted again and never left", async () => {
    const { keys, seal, read } = await pair();
    await seal("lost in a crash");
    const sent = await seal("sent");
    expect((await read(sent)).kind).toBe("opened");
    expect([keys.used, keys.reused]).toEqual([1, []]);
  });

  it("takes no offence at a message that arrives twice, or at a forgery", async () => {
    const { keys, seal, read } = await pair();
    const sent = await seal("sent");
    const forged = Uint8Array.from(sent);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    for (const message of [forged, sent, sent]) await read(message);
    expect(keys.reused).toEqual([]);
  });

  it("names a key under which two messages arrived, once", async () => {
    const { keys, seal, read } = await pair();
    const [first, second] = [await seal("one"), await seal("two")];
    for (const message of [first, second, first, second]) await read(message);
    expect(keys.used).toBe(1);
    expect(keys.reused).toHaveLength(1);
  });
});
