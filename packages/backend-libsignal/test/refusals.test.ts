import { isOmemoError, type KeyPair, type RefusalReason } from "@omemo/core";
import { encodeSignalMessage, serializeKey } from "@omemo/core/wire";
import {
  ErrorCode,
  PreKeySignalMessage,
  PublicKey,
  SessionRecord,
  SignalMessage,
} from "@signalapp/libsignal-client";
import { describe, expect, it } from "vitest";
import {
  asBuffer,
  type LibraryFailure,
  openMessage,
  orFailure,
} from "../src/library/openMessage.js";
import { refusalOf } from "../src/library/refusalOf.js";
import { startSession } from "../src/library/startSession.js";
import { decodeHead, singleRecord } from "../src/session/sessionRecord.js";
import { Device, friends } from "./support/device.js";

/** What the pinned version says: a change of any of these texts must not go unseen. */
async function failureOf(call: () => unknown): Promise<LibraryFailure> {
  const answer = await orFailure(async () => call());
  const { kind } = answer as LibraryFailure;
  expect(kind).toBe("failed");
  return answer as LibraryFailure;
}

describe("what the library says, and our reasons", () => {
  it("a repetition is a duplicate", async () => {
    const [alice, bob] = await friends();
    const letter = await alice.seal();
    await bob.open(letter);
    const failure = await openMessage({
      kind: "message",
      record: record(bob),
      message: letter.bytes,
    });
    expect(failure).toMatchObject({
      code: ErrorCode.DuplicatedMessage,
      message: expect.stringMatching(/^message with old counter \d+ \/ \d+$/),
    });
    expect(refusalOf(failure as LibraryFailure)).toBe("duplicate");
  });

  it("a wrong MAC, in a message and in an exchange, is not authentic", async () => {
    const [alice, bob] = await friends();
    const message = broken((await alice.seal()).bytes);
    const later = await openMessage({ kind: "message", record: record(bob), message });
    expect(later).toEqual(notDecrypted("Whisper"));
    const bundle = await bob.bundle();
    await alice.initiate(bundle);
    const id = bundle.preKeyId as number;
    const first = await openMessage({
      kind: "exchange",
      identity: { privateKey: bob.identity.privateKey, deviceId: 2 },
      signedPreKey: { id: 1, privateKey: bob.signedPreKey.privateKey },
      preKey: { id, privateKey: (bob.preKeys.get(id) as KeyPair).privateKey },
      message: broken((await alice.seal()).bytes, 150),
    });
    expect(first).toEqual(notDecrypted("PreKey"));
    expect(refusalOf(later as LibraryFailure)).toBe("not-authentic");
    expect(refusalOf(first as LibraryFailure)).toBe("not-authentic");
  });

  it("a wrong signature of a bundle is not authentic", async () => {
    const [alice, bob] = [await Device.create(), await Device.create()];
    const { signedPreKeySignature, ...bundle } = await bob.bundle();
    const { privateKey } = alice.identity;
    const forged = { ...bundle, signedPreKeySignature: broken(signedPreKeySignature, 5) };
    const answer = await startSession({ privateKey, deviceId: 1 }, forged);
    expect(answer).toMatchObject({
      code: ErrorCode.Generic,
      message: "invalid signature detected",
    });
    expect(refusalOf(answer as LibraryFailure)).toBe("not-authentic");
  });

  const key = serializeKey(new Uint8Array(32).fill(9));
  const message = { ratchetKey: key.subarray(1), counter: 0, previousCounter: 0 };
  const sound = encodeSignalMessage({ ...message, ciphertext: new Uint8Array(16) });
  const withFirst = (byte: number) => Uint8Array.from([byte, ...sound.subarray(1)]);
  it.each<[string, () => unknown, RegExp, RefusalReason]>([
    [
      "no protobuf",
      () => SignalMessage.deserialize(Buffer.from([0x33, ...new Uint8Array(20).fill(0xff)])),
      /^protobuf encoding was invalid/,
      "malformed",
    ],
    [
      "too few bytes",
      () => SignalMessage.deserialize(Buffer.alloc(3, 0x33)),
      /^ciphertext serialized bytes were too short/,
      "malformed",
    ],
    [
      "an old version",
      () => SignalMessage.deserialize(asBuffer(withFirst(0x23))),
      /^ciphertext version was too old/,
      "malformed",
    ],
    [
      "a version of the future",
      () => PreKeySignalMessage.deserialize(asBuffer(withFirst(0x73))),
      /^ciphertext version was unrecognized/,
      "malformed",
    ],
    [
      "a key of another type",
      () => PublicKey.deserialize(Buffer.alloc(33, 7)),
      /^bad key type/,
      "malformed",
    ],
    [
      "a key that is too short",
      () => PublicKey.deserialize(asBuffer(key.subarray(0, 20))),
      /^bad key length/,
      "malformed",
    ],
    [
      "no key",
      () => PublicKey.deserialize(Buffer.alloc(0)),
      /^no key type identifier/,
      "malformed",
    ],
  ])("%s is malformed", async (_what, call, text, reason) => {
    const failure = await failureOf(call);
    expect(failure.message).toMatch(text);
    expect(refusalOf(failure)).toBe(reason);
  });

  it("a session that it cannot read is a failure of the store", async () => {
    const failure = { kind: "failed", code: ErrorCode.InvalidSession, message: "" } as const;
    let thrown: unknown;
    try {
      refusalOf(failure);
    } catch (error) {
      thrown = error;
    }
    expect(isOmemoError(thrown) && thrown.code).toBe("store-failure");
  });

  it("what goes wrong in a store is a defect, not a message that is refused", () => {
    const message = "error in method call 'getPreKey': callback error TypeError: no";
    expect(() => refusalOf({ kind: "failed", code: ErrorCode.Generic, message })).toThrow(message);
  });

  it("anything else that it throws stays an error", async () => {
    await expect(orFailure(async () => SessionRecord.deserialize(7 as never))).rejects.toThrow(
      TypeError,
    );
  });
});

function notDecrypted(kind: "Whisper" | "PreKey"): LibraryFailure {
  const message = `invalid ${kind} message: decryption failed`;
  return { kind: "failed", code: ErrorCode.Generic, message };
}

/** Without the last byte of the MAC as it was. */
function broken(bytes: Uint8Array, index: number = bytes.length - 1): Uint8Array {
  return bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
}

function record(device: Device): Uint8Array {
  return singleRecord(decodeHead(device.session([])).current.bytes);
}
