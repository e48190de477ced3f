import { describe, expect, it } from "vitest";
import { bareJid, deviceId, LEGACY, OMEMO_2, type OmemoVersion } from "../../src/index.js";
import { type EncryptedInput, serialize, writeEncrypted } from "../../src/wire/index.js";
import { BOTH } from "./arbitraries.js";
import { bytes } from "./bundleFixtures.js";
import { ALICE, input } from "./encryptedFixtures.js";
import { invalidInput } from "./invalidInput.js";

describe("writeEncrypted", () => {
  it("groups the keys of OMEMO 2 by account and marks key exchanges [O2-80, O2-81, O2-82, O2-154]", () => {
    expect(serialize(writeEncrypted(input(OMEMO_2)))).toBe(
      "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1001'>" +
        "<keys jid='bob@example.org'><key rid='2001' kex='true'>AQID</key><key rid='2002'>BAU=</key></keys>" +
        "<keys jid='alice@example.org'><key rid='1002'>Bg==</key></keys>" +
        "</header><payload>/w==</payload></encrypted>",
    );
  });

  it("lines up the keys of the legacy version before the IV [L-39, L-41, Q-04]", () => {
    expect(serialize(writeEncrypted(input(LEGACY)))).toBe(
      "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1001'>" +
        "<key rid='2001' prekey='true'>AQID</key><key rid='2002'>BAU=</key><key rid='1002'>Bg==</key>" +
        "<iv>AAAAAAAAAAAAAAAA</iv></header><payload>/w==</payload></encrypted>",
    );
  });

  it.each(BOTH)("never writes a mark that says no [O2-82, L-40] %s", (version) => {
    const keys = [{ deviceId: deviceId(1), bytes: bytes(3), isKeyExchange: false }];
    const written = writeEncrypted({ ...input(version), recipients: [{ jid: ALICE, keys }] });
    expect(serialize(written)).not.toMatch(/kex|prekey/);
  });

  it.each(BOTH)(
    "leaves the payload out of a message without content [O2-137, L-49] %s",
    (version) => {
      const { payload: _, ...empty } = input(version);
      expect(serialize(writeEncrypted(empty))).not.toContain("payload");
      expect(serialize(writeEncrypted({ ...empty, payload: bytes(0) }))).toContain("<payload/>");
    },
  );

  it("writes no group of keys without a key [O2-83]", () => {
    const recipients = [...input(OMEMO_2).recipients, { jid: bareJid("carol@x"), keys: [] }];
    expect(writeEncrypted({ ...input(OMEMO_2), recipients })).toEqual(
      writeEncrypted(input(OMEMO_2)),
    );
  });

  it("writes one key for each of two accounts with the same device id [L-42]", () => {
    const recipients = ["a@x", "b@x"].map((jid, index) => ({
      jid: bareJid(jid),
      keys: [{ deviceId: deviceId(7), bytes: bytes(3, index), isKeyExchange: false }],
    }));
    const written = serialize(writeEncrypted({ ...input(LEGACY), recipients }));
    expect(written.match(/<key rid='7'>/g)).toHaveLength(2);
  });

  const key = { deviceId: deviceId(1), bytes: bytes(3), isKeyExchange: false };
  it.each<[string, Partial<EncryptedInput>, OmemoVersion]>([
    ["no recipients", { recipients: [] }, OMEMO_2],
    ["no keys", { recipients: [{ jid: ALICE, keys: [] }] }, OMEMO_2],
    ["an empty key", { recipients: [{ jid: ALICE, keys: [{ ...key, bytes: bytes(0) }] }] }, LEGACY],
    ["a device twice", { recipients: [{ jid: ALICE, keys: [key, key] }] }, LEGACY],
    ["an account twice", { recipients: [1, 2].map(() => ({ jid: ALICE, keys: [key] })) }, OMEMO_2],
    ["an IV in OMEMO 2", { iv: bytes(12) }, OMEMO_2],
    ["an IV of 16 bytes", { iv: bytes(16) }, LEGACY],
  ])("refuses %s [O2-83, L-36, L-41]", (_, change, version) => {
    expect(() => writeEncrypted({ ...input(version), ...change })).toThrowError(invalidInput);
  });

  it("refuses a legacy message without IV, key transports included [L-41, Q-05]", () => {
    const { iv: _, payload: __, ...without } = input(LEGACY);
    expect(() => writeEncrypted(without)).toThrowError(invalidInput);
  });
});
