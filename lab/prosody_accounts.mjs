#!/usr/bin/env node
/**
 * Writes accounts of Prosody's `internal_hashed`: `prosody_accounts.mjs FOLDER USER:PASSWORD ...`
 *
 * One round of PBKDF2 (RFC 5802) where servers ask for thousands: in `@xmpp/client` these take half a
 * second of each login, which was much of what the lab did. Nobody guesses passwords here.
 */

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const SALT = "lab";
const ROUNDS = 1;

const hmac = (key, text) => createHmac("sha1", key).update(text).digest();
const sha1 = (bytes) => createHash("sha1").update(bytes).digest("hex");

function recordOf(password) {
  const salted = pbkdf2Sync(password, SALT, ROUNDS, 20, "sha1");
  const storedKey = sha1(hmac(salted, "Client Key"));
  const serverKey = hmac(salted, "Server Key").toString("hex");
  const fields = [
    `salt = "${SALT}"`,
    `iteration_count = ${ROUNDS}`,
    `stored_key = "${storedKey}"`,
    `server_key = "${serverKey}"`,
  ];
  return `return { ${fields.join("; ")} };\n`;
}

const [folder, ...accounts] = process.argv.slice(2);
for (const account of accounts) {
  const colon = account.indexOf(":");
  const file = join(folder, `${account.slice(0, colon)}.dat`);
  writeFileSync(file, recordOf(account.slice(colon + 1)));
}
