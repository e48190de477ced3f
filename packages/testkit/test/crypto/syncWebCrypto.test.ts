import { describe, expect, it } from "vitest";
import { seededRandom, syncWebCrypto } from "../../src/index.js";

const random = seededRandom("crypto");
const subtles = [syncWebCrypto(random.bytes).subtle, globalThis.crypto.subtle] as const;
type Subtle = (typeof subtles)[number];

/** Does the same with both, and expects the same bytes. */
async function agree(work: (subtle: Subtle) => Promise<ArrayBuffer | boolean>): Promise<void> {
  const [ours, platform] = await Promise.all(subtles.map(work));
  expect(ours).toEqual(platform);
}

/** Does the same with both, and expects the same failure. */
async function failAlike(work: (subtle: Subtle) => Promise<unknown>): Promise<void> {
  const names = await Promise.all(
    subtles.map((subtle) =>
      work(subtle).then(
        () => "no failure",
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
  expect(names[0]).toBe(names[1]);
  expect(names[0]).not.toBe("no failure");
}

const aes = (subtle: Subtle, name: string, key: Uint8Array<ArrayBuffer>) =>
  subtle.importKey("raw", key, name, false, ["encrypt", "decrypt"]);
const hmac = (subtle: Subtle, key: Uint8Array<ArrayBuffer>) =>
  subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);

describe("syncWebCrypto", () => {
  it("derives the bits that the platform derives", async () => {
    for (const [bits, hash] of [
      [256, "SHA-256"],
      [640, "SHA-256"],
      [512, { name: "SHA-512" }],
    ] as const) {
      const [key, salt, info] = [random.bytes(32), random.bytes(32), random.bytes(13)];
      await agree(async (subtle) => {
        const base = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
        return subtle.deriveBits({ name: "HKDF", hash, salt, info }, base, bits);
      });
    }
  });

  it("signs and verifies as the platform does", async () => {
    for (const length of [0, 1, 64, 1000]) {
      const [key, data] = [random.bytes(32), random.bytes(length)];
      await agree(async (subtle) => subtle.sign("HMAC", await hmac(subtle, key), data));
      for (const signer of subtles) {
        const signature = await signer.sign("HMAC", await hmac(signer, key), data);
        await agree(async (subtle) =>
          subtle.verify("HMAC", await hmac(subtle, key), signature, data),
        );
        const wrong = new Uint8Array(signature);
        wrong[3] = (wrong[3] ?? 0) ^ 1;
        await agree(async (subtle) => subtle.verify("HMAC", await hmac(subtle, key), wrong, data));
      }
    }
  });

  it("encrypts and decrypts AES-CBC and AES-GCM as the platform does", async () => {
    for (const length of [0, 1, 15, 16, 17, 1000]) {
      for (const keyLength of [16, 32]) {
        const [key, data] = [random.bytes(keyLength), random.bytes(length)];
        const additionalData = random.bytes(9);
        for (const algorithm of [
          { name: "AES-CBC", iv: random.bytes(16) },
          { name: "AES-GCM", iv: random.bytes(12) },
          { name: "AES-GCM", iv: random.bytes(12), tagLength: 128, additionalData },
          { name: "AES-GCM", iv: random.bytes(16) },
        ]) {
          const seal = async (subtle: Subtle) =>
            subtle.encrypt(algorithm, await aes(subtle, algorithm.name, key), data);
          await agree(seal);
          const sealed = await seal(subtles[1]);
          const open = async (subtle: Subtle) =>
            subtle.decrypt(algorithm, await aes(subtle, algorithm.name, key), sealed);
          await agree(open);
          expect(new Uint8Array(await open(subtles[0]))).toEqual(data);
        }
      }
    }
  });

  it("digests as the platform does, views and buffers alike", async () => {
    const data = random.bytes(77);
    for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "sha-256"]) {
      await agree((subtle) => subtle.digest(name, data));
      await agree((subtle) => subtle.digest({ name }, data.buffer));
      await agree((subtle) => subtle.digest(name, data.subarray(5, 9)));
    }
  });

  it("fails as the platform fails", async () => {
    const [key, iv] = [random.bytes(16), random.bytes(12)];
    const gcm = { name: "AES-GCM", iv };
    await failAlike(async (subtle) =>
      subtle.decrypt(gcm, await aes(subtle, "AES-GCM", key), random.bytes(40)),
    );
    await failAlike(async (subtle) =>
      subtle.decrypt(gcm, await aes(subtle, "AES-GCM", key), random.bytes(3)),
    );
    const cbc = { name: "AES-CBC", iv: random.bytes(16) };
    await failAlike(async (subtle) =>
      subtle.decrypt(cbc, await aes(subtle, "AES-CBC", key), random.bytes(31)),
    );
    await failAlike(async (subtle) =>
      subtle.encrypt({ name: "AES-CBC", iv }, await aes(subtle, "AES-CBC", key), random.bytes(3)),
    );
    await failAlike(async (subtle) =>
      subtle.sign("HMAC", await aes(subtle, "AES-CBC", key), random.bytes(3)),
    );
    await failAlike(async (subtle) =>
      subtle.encrypt(
        gcm,
        await subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]),
        random.bytes(3),
      ),
    );
    await failAlike((subtle) => subtle.digest("MD5", random.bytes(3)));
    await failAlike((subtle) => subtle.importKey("raw", key, "AES-CBC", false, []));
  });

  it("answers without a turn of the event loop", async () => {
    const [ours] = subtles;
    let isDone = false;
    const data = random.bytes(1000);
    void ours.digest("SHA-256", data).then(() => {
      isDone = true;
    });
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(isDone).toBe(true);
  });

  it("fills arrays from the given source", () => {
    const ours = syncWebCrypto((length) => new Uint8Array(length).fill(7));
    expect(ours.getRandomValues(new Uint8Array(4))).toEqual(Uint8Array.of(7, 7, 7, 7));
  });

  it("describes keys and keeps their bytes to itself", async () => {
    const key = await hmac(subtles[0], random.bytes(32));
    const platform = await hmac(subtles[1], random.bytes(32));
    expect([key.type, key.extractable, key.usages]).toEqual([
      platform.type,
      platform.extractable,
      platform.usages,
    ]);
    expect(key.algorithm).toMatchObject({ name: "HMAC", hash: { name: "SHA-256" } });
    expect(JSON.stringify(key)).not.toMatch(/\d{4}/);
  });
});
