import { readFileSync } from "node:fs";
import { type OmemoBackend, OmemoError } from "@omemo/core";
import { runVectors, type VectorReport, type VectorSubject } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { nativePrimitives, replayBackend } from "../src/testing.js";
import { subjectOf } from "./support/vectorSubject.js";

const folder = new URL("../../testkit/vectors/", import.meta.url);
const subject = subjectOf(nativePrimitives());

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

function run(name: string, text: string, subjects = [subject]): Promise<VectorReport> {
  return runVectors([{ name, text }], subjects);
}

/** The first hex digit behind the `nth` occurrence of a key is changed. */
function alter(text: string, key: string, nth = 0): string {
  const marks = [...text.matchAll(new RegExp(`"${key}": *"([0-9a-f])`, "g"))];
  const mark = marks[nth];
  if (mark === undefined) throw new Error(`there is no ${key}`);
  const at = mark.index + mark[0].length - 1;
  return text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
}

describe("the vector runner", () => {
  it.each([
    ["legacy/transcripts/01-basic.json", "plaintext"],
    ["legacy/transcripts/01-basic.json", "rootKey"],
    ["legacy/transcripts/01-basic.json", "chainKey"],
    ["legacy/transcripts/01-basic.json", "ratchetPublic"],
    ["legacy/transcripts/08-pingpong.json", "newRatchetKeyPrivate"],
    ["omemo2/transcripts/07-pingpong.json", "message"],
    ["omemo2/transcripts/07-pingpong.json", "ephemeralKeyPrivate"],
    ["legacy/xeddsa.json", "signature"],
    ["legacy/xeddsa.json", "edwardsPublicKey"],
    ["legacy/x3dh.json", "rootKey2"],
    ["legacy/x3dh.json", "chainKeyOfSignedPreKey"],
    ["legacy/x3dh.json", "iv"],
    ["legacy/x3dh.json", "macFull"],
    ["omemo2/x3dh.json", "associatedData"],
    ["omemo2/x3dh.json", "hkdfInput"],
    ["omemo2/signatures.json", "signature"],
    ["omemo2/signatures.json", "curve25519"],
    ["omemo2/payload.json", "payload"],
    ["legacy/payload.json", "keyMaterial"],
    ["legacy/bundles.json", "identityKey"],
    ["omemo2/bundles.json", "signedPreKeyPublic"],
    ["legacy/stanzas.json", "private"],
    ["omemo2/stanzas.json", "identityPrivate"],
    ["specs/omemo-2-vectors.json", "new_rk"],
    ["specs/omemo-2-vectors.json", "authenticated"],
    ["specs/omemo-2-vectors.json", "omemo_message"],
    ["specs/omemo-2-vectors.json", "mac"],
    ["specs/omemo-2-vectors.json", "dh4"],
    ["specs/omemo-2-vectors.json", "sk"],
    ["specs/omemo-2-vectors.json", "ad"],
    ["specs/omemo-2-vectors.json", "enc_key"],
    ["specs/omemo-2-vectors.json", "fingerprint"],
    ["specs/omemo-legacy-vectors.json", "iv"],
  ])("fails when in %s a value of %s is another one", async (name, key) => {
    const { failures } = await run(name, alter(read(name), key));
    expect(failures.length).toBeGreaterThan(0);
  });

  it.each([
    ["legacy/transcripts/10-duplicates.json", '"outcome": *"duplicate"', '"outcome":"ok"'],
    ["legacy/transcripts/12-prekey-missing.json", '"no-prekey"', '"no-signed-prekey"'],
    ["legacy/transcripts/01-basic.json", '"preKeyConsumed": *[0-9]+', '"preKeyConsumed":7'],
    ["legacy/transcripts/03-out-of-order.json", '"skipped":\\s*\\[\\s*0\\s*\\]', '"skipped":[1]'],
    ["omemo2/transcripts/16-heartbeat.json", '"heartbeat": *true', '"heartbeat":false'],
    ["omemo2/bundles.json", '"valid": *true', '"valid":false'],
    ["omemo2/signatures.json", '"valid": *false', '"valid":true'],
    ["omemo2/stanzas.json", "Hello 0", "Hello 9"],
    ["omemo2/bundles.json", '"label": *"Conversations on Pixel 3"', '"label":"Other"'],
  ])("fails when %s expects something else: %s", async (name, pattern, other) => {
    const text = read(name);
    // Stanzas and labels hold some texts more than once; only what is expected may change.
    const at = text.search(new RegExp(`${pattern}(?![^{}]*xml)`));
    expect(at).toBeGreaterThan(0);
    const altered = text.slice(0, at) + text.slice(at).replace(new RegExp(pattern), other);
    expect((await run(name, altered)).failures.length).toBeGreaterThan(0);
  });

  it("fails on a format that it does not know, and on what is no JSON", async () => {
    for (const text of ['{"format":"omemo-vectors/other/1"}', "[]", "null", "{", '{"cases":[]}']) {
      const { passed, failures } = await run("other.json", text);
      expect([passed, failures.length]).toEqual([0, 1]);
    }
  });

  it("fails on a backend that writes into stored bytes, changes them or throws", async () => {
    const name = "legacy/transcripts/06-tampered.json";
    const faults: readonly ((backend: OmemoBackend) => Partial<OmemoBackend>)[] = [
      (backend) => ({
        decrypt: async (session, message) => {
          session.head[session.head.length - 1] = 0;
          return backend.decrypt(session, message);
        },
      }),
      () => ({ decrypt: async () => ({ kind: "refused", reason: "duplicate" }) }),
      () => ({
        decrypt: async () => {
          throw new OmemoError("invalid-input", "no");
        },
      }),
      () => ({ decrypt: async () => ({ kind: "needs-parts", names: ["archive"] }) }),
    ];
    for (const fault of faults) {
      const faulty: VectorSubject = {
        ...subject,
        createBackend: (options) => {
          const backend = replayBackend(nativePrimitives(), options);
          return { ...backend, ...fault(backend) };
        },
      };
      const { failures } = await run(name, read(name), [faulty]);
      expect(failures.length).toBeGreaterThan(0);
    }
  });

  it("says loudly what it did not look at, and counts it as neither", async () => {
    const { inspect: _, crypto: __, ...closed } = subject;
    for (const name of ["legacy/xeddsa.json", "legacy/x3dh.json", "specs/related-vectors.json"]) {
      const { passed, failures, notCovered } = await run(name, read(name), [closed]);
      expect([passed, failures.length, notCovered.length]).toEqual([0, 0, 1]);
    }
  });
});
